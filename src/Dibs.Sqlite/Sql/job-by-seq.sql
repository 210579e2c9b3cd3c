-- Reads a job.
-- Parameters: ?1 seq.
-- Result: the hot columns of the job in the order of JobRow, or no row.
-- Cost: one search.
SELECT seq, id, state, queue, priority, method, reserves, dependencies, ticket, blockers, attempt, fence, worker, worker_name, unnamed, run_at, admitted_at, ready_at, on_worker_lost, losses
FROM job WHERE seq = ?1
