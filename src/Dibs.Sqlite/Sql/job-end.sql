-- A job is final.
-- Parameters: ?1 seq, ?2 state, ?3 reason, ?4 finished_at (µs).
-- Cost: one search.
UPDATE job SET state = ?2, reason = ?3, finished_at = ?4, ticket = NULL, blockers = 0, worker = NULL WHERE seq = ?1
