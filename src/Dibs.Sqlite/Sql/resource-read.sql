-- Reads one resource.
-- Parameters: ?1 ns, ?2 name.
-- Result: held, waiting, capacity; or no row.
-- Cost: one search.
SELECT held, waiting, capacity FROM resource WHERE ns = ?1 AND name = ?2
