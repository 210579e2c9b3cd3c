-- Reads what a job comes after.
-- Parameters: ?1 job.
-- Result: id, prerequisite or null when the job was told of its end.
-- Cost: one search and a row each.
SELECT id, prerequisite FROM dependency WHERE job = ?1 ORDER BY n
