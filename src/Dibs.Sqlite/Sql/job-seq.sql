-- Finds the number of a job.
-- Parameters: ?1 ns, ?2 id.
-- Result: seq, or no row.
-- Cost: one search.
SELECT seq FROM job WHERE ns = ?1 AND id = ?2
