-- Reads all of a job but what is in tables of its own.
-- Parameters: ?1 seq.
-- Result: see JobReader.
-- Cost: two searches.
SELECT id, method, queue, priority, state, reason, reserves, parent, requeue_of, ticket, attempt, fence, worker_name,
  created_at, run_at, admitted_at, ready_at, started_at, finished_at, on_worker_lost
FROM job JOIN content ON job = seq WHERE seq = ?1
