-- Whether a live incarnation serves a queue.
-- Parameters: ?1 ns, ?2 queue.
-- Result: 1, or no row.
-- Cost: one search.
SELECT 1 FROM worker_queue WHERE ns = ?1 AND queue = ?2 LIMIT 1
