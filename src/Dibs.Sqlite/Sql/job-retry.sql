-- An attempt that began has ended, and the job may begin again: it is ready from now on, with its ticket.
-- Parameters: ?1 seq, ?2 ready_at (µs), ?3 ready_key (µs), ?4 losses.
-- Cost: one search.
UPDATE job SET state = 2, worker = NULL, ready_at = ?2, ready_key = ?3, losses = ?4 WHERE seq = ?1
