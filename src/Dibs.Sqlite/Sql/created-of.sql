-- Reads the names of what a job made.
-- Parameters: ?1 job.
-- Result: name, in order.
-- Cost: one search and a row each.
SELECT name FROM created WHERE job = ?1 ORDER BY n
