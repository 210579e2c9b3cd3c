-- Since when the oldest ready job of a queue is ready.
-- Parameters: ?1 ns, ?2 queue.
-- Result: ready_at (µs) or null.
-- Cost: a row of a covering index per ready job of the queue; for people.
SELECT min(ready_at) FROM job WHERE ns = ?1 AND queue = ?2 AND state = 2
