-- Keeps an attempt that ended without ending its job, or otherwise than its job.
-- Parameters: ?1 seq of the job, ?2 finished_at (µs), ?3 reason, ?4 error_type, ?5 error_message, ?6 error_detail.
-- Cost: one row.
INSERT INTO attempt (job, n, worker_name, started_at, finished_at, reason, error_type, error_message, error_detail)
SELECT seq, attempt, worker_name, started_at, ?2, ?3, ?4, ?5, ?6 FROM job WHERE seq = ?1
