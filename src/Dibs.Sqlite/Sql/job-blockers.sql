-- A blocked job was granted one of several reservations that it waits for.
-- Parameters: ?1 seq, ?2 blockers that are left.
-- Cost: one search.
UPDATE job SET blockers = ?2 WHERE seq = ?1
