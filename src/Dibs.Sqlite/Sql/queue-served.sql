-- Whether a live incarnation that may claim serves a queue.
-- Parameters: ?1 ns, ?2 queue.
-- Result: 1, or no row.
-- Cost: two searches, and two more per incarnation of the queue that was asked to be quiet or to stop.
SELECT 1 FROM worker_queue JOIN worker USING (worker) WHERE worker_queue.ns = ?1 AND queue = ?2 AND asked = 0 LIMIT 1
