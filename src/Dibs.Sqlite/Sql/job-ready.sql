-- A job holds all its reservations now.
-- Parameters: ?1 seq, ?2 ready_at (µs), ?3 ready_key (µs).
-- Cost: one search.
UPDATE job SET state = 2, blockers = 0, ready_at = ?2, ready_key = ?3 WHERE seq = ?1
