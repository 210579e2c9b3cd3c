-- Reads a resource that somebody holds or waits for.
-- Parameters: ?1 ns, ?2 name.
-- Result: held, waiting, capacity, its number in pending or null; or no row for an idle one.
-- Cost: two searches.
SELECT held, waiting, capacity, (SELECT n FROM pending WHERE ns = ?1 AND resource = ?2)
FROM resource WHERE ns = ?1 AND name = ?2
