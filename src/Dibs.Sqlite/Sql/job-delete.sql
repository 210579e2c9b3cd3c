-- Removes a final job and all that belongs to it (trigger job_deleted).
-- Parameters: ?1 seq.
-- Cost: one search per table.
DELETE FROM job WHERE seq = ?1
