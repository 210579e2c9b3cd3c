-- How many live incarnations serve each queue.
-- Parameters: ?1 ns.
-- Result: queue, number.
-- Cost: a row per incarnation and queue.
SELECT queue, count(DISTINCT worker) FROM worker_queue WHERE ns = ?1 GROUP BY queue
