-- Gives a stored job its ticket; it is blocked or ready then.
-- Parameters: ?1 seq, ?2 state, ?3 ticket, ?4 blockers, ?5 admitted_at (µs), ?6 ready_at (µs), ?7 ready_key (µs).
-- Cost: one search.
UPDATE job SET state = ?2, ticket = ?3, blockers = ?4, admitted_at = ?5, ready_at = ?6, ready_key = ?7 WHERE seq = ?1
