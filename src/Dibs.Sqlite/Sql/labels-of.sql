-- Reads the labels of a job.
-- Parameters: ?1 job.
-- Result: name, value.
-- Cost: one search and a row each.
SELECT name, value FROM label WHERE job = ?1
