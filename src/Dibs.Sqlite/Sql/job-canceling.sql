-- A running job was asked to stop.
-- Parameters: ?1 seq, ?2 canceling_at (µs).
-- Cost: one search.
UPDATE job SET state = 4, canceling_at = ?2 WHERE seq = ?1
