-- An incarnation begins an attempt of a ready job.
-- Parameters: ?1 seq, ?2 attempt, ?3 fence, ?4 worker, ?5 worker_name, ?6 started_at (µs).
-- Cost: one search.
UPDATE job SET state = 3, attempt = ?2, fence = ?3, worker = ?4, worker_name = ?5, unnamed = 0, started_at = ?6 WHERE seq = ?1
