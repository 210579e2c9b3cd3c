-- Reads the attempts that ended without ending their job, or otherwise than it.
-- Parameters: ?1 job.
-- Result: n, worker_name, started_at (µs), finished_at (µs), reason, error_type, error_message, error_detail.
-- Cost: one search and a row each.
SELECT n, worker_name, started_at, finished_at, reason, error_type, error_message, error_detail FROM attempt WHERE job = ?1 ORDER BY n
