-- Forgets an incarnation and its queues (trigger worker_deleted).
-- Parameters: ?1 worker.
-- Cost: two searches.
DELETE FROM worker WHERE worker = ?1
