-- Reads the attempts that ended without ending their job.
-- Parameters: ?1 job.
-- Result: n, worker_name, started_at (µs), finished_at (µs), reason.
-- Cost: one search and a row each.
SELECT n, worker_name, started_at, finished_at, reason FROM attempt WHERE job = ?1 ORDER BY n
