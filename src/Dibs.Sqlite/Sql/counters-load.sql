-- Reads the counters of a namespace at the beginning of a step.
-- Parameters: ?1 ns.
-- Result: ticket, fence, ready_at (µs), beat_order, the last number in pending or null.
-- Cost: two searches.
SELECT ticket, fence, ready_at, beat_order, (SELECT max(n) FROM pending WHERE ns = ?1)
FROM namespace WHERE ns = ?1
