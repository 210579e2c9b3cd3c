-- The time of a scheduled job has come.
-- Parameters: ?1 seq.
-- Cost: one search.
UPDATE job SET state = 1 WHERE seq = ?1
