-- Writes the counters of a namespace back at the end of a step that moved them.
-- Parameters: ?1 ns, ?2 ticket, ?3 fence, ?4 ready_at (µs), ?5 beat_order.
-- Cost: one search.
UPDATE namespace SET ticket = ?2, fence = ?3, ready_at = ?4, beat_order = ?5 WHERE ns = ?1
