-- Reads what tells why a job is where it is.
-- Parameters: ?1 ns, ?2 id.
-- Result: seq, state, reason, worker_name, queue, ticket, ready_key, created_at, run_at, admitted_at, ready_at, started_at, canceling_at, finished_at (all µs); or no row.
-- Cost: one search.
SELECT seq, state, reason, worker_name, queue, ticket, ready_key, created_at, run_at, admitted_at, ready_at, started_at, canceling_at, finished_at
FROM job WHERE ns = ?1 AND id = ?2
