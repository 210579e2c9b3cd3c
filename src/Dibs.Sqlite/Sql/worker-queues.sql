-- Reads the queues of an incarnation.
-- Parameters: ?1 worker.
-- Result: queue, in the order in which they are served.
-- Cost: one search and a row each.
SELECT queue FROM worker_queue WHERE worker = ?1 ORDER BY n
