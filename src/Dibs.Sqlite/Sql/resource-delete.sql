-- Forgets a resource that nobody holds or waits for any more.
-- Parameters: ?1 ns, ?2 name.
-- Cost: one search.
DELETE FROM resource WHERE ns = ?1 AND name = ?2
