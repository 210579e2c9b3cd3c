-- Counts the heartbeats in a row that did not name a running attempt.
-- Parameters: ?1 seq, ?2 unnamed.
-- Cost: one search.
UPDATE job SET unnamed = ?2 WHERE seq = ?1
