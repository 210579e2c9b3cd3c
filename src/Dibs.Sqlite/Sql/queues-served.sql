-- How many live incarnations that may claim serve each queue.
-- Parameters: ?1 ns.
-- Result: queue, number.
-- Cost: two searches per incarnation and queue.
SELECT queue, count(DISTINCT worker) FROM worker_queue JOIN worker USING (worker) WHERE worker_queue.ns = ?1 AND asked = 0 GROUP BY queue
