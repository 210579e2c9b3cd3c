-- The jobs that a job comes after and that have not ended.
-- Parameters: ?1 job.
-- Result: id, state, in order.
-- Cost: a search per dependency.
SELECT job.id, state FROM dependency JOIN job ON seq = prerequisite
WHERE dependency.job = ?1 AND state < 5 ORDER BY n
