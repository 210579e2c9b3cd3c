-- Keeps an attempt that ended without ending its job.
-- Parameters: ?1 seq of the job, ?2 finished_at (µs), ?3 reason.
-- Cost: one row.
INSERT INTO attempt (job, n, worker_name, started_at, finished_at, reason)
SELECT seq, attempt, worker_name, started_at, ?2, ?3 FROM job WHERE seq = ?1
