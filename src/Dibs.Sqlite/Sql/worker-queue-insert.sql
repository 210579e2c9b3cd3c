-- Stores a queue that an incarnation serves.
-- Parameters: ?1 worker, ?2 n, ?3 ns, ?4 queue.
-- Cost: one row.
INSERT INTO worker_queue (worker, n, ns, queue) VALUES (?1, ?2, ?3, ?4)
