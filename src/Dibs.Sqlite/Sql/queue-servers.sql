-- Reads the live incarnations that serve a queue and may claim.
-- Parameters: ?1 ns, ?2 queue.
-- Result: name, slots, number of jobs it runs, ids of the overdue ones with a blank between them, beat_at (µs), lease (µs).
-- Cost: three searches per incarnation of the queue, and an index step per job that it runs.
SELECT name, slots, (SELECT count(*) FROM job WHERE job.worker = worker.worker), overdue, beat_at, lease
FROM worker_queue JOIN worker USING (worker) WHERE worker_queue.ns = ?1 AND queue = ?2 AND asked = 0
