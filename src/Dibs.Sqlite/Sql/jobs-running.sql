-- Reads the jobs that an incarnation runs.
-- Parameters: ?1 worker.
-- Result: the hot columns of each job in the order of JobRow, in order of claims.
-- Cost: one search and a row per running job.
SELECT seq, id, state, queue, priority, method, reserves, dependencies, ticket, blockers, attempt, fence, worker, worker_name, unnamed, run_at, admitted_at, ready_at, on_worker_lost, losses
FROM job WHERE worker = ?1 ORDER BY fence
