-- The entry of pending that came first.
-- Parameters: ?1 ns.
-- Result: n, resource or null, job or null; or no row.
-- Cost: one search.
SELECT n, resource, job FROM pending WHERE ns = ?1 ORDER BY n LIMIT 1
