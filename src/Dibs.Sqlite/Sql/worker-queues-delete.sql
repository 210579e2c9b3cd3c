-- Forgets which queues an incarnation serves.
-- Parameters: ?1 worker.
-- Cost: a row per queue.
DELETE FROM worker_queue WHERE worker = ?1
