-- Forgets the oldest attempts of a job.
-- Parameters: ?1 job, ?2 the last number to forget.
-- Cost: one search and a row each.
DELETE FROM attempt WHERE job = ?1 AND n <= ?2
