-- Takes an entry out of pending.
-- Parameters: ?1 ns, ?2 n.
-- Cost: one search.
DELETE FROM pending WHERE ns = ?1 AND n = ?2
