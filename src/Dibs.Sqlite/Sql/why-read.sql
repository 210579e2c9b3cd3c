-- Reads what tells why a job is where it is.
-- Parameters: ?1 ns, ?2 id.
-- Result: seq, state, reason, worker_name, queue, ticket, ready_key, created_at, run_at, admitted_at, ready_at, started_at, canceling_at, finished_at (all µs); isolation, beat_at (µs) and lease (µs) of the worker and content of a running one, else null; method; or no row.
-- Cost: one search, and two more if it runs.
SELECT seq, state, reason, worker_name, queue, ticket, ready_key, created_at, run_at, admitted_at, ready_at, job.started_at, canceling_at, finished_at,
  isolation, beat_at, lease, (SELECT content FROM content WHERE content.job = seq AND job.worker IS NOT NULL), method
FROM job LEFT JOIN worker USING (worker) WHERE job.ns = ?1 AND id = ?2
