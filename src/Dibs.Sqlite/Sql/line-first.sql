-- The head of the line of a resource.
-- Parameters: ?1 ns, ?2 resource.
-- Result: job, n, mode, ticket, or no row.
-- Cost: one search of a covering index, whatever the length of the line.
SELECT job, n, mode, ticket FROM reservation
WHERE ns = ?1 AND resource = ?2 AND held = 0 AND ticket IS NOT NULL ORDER BY ticket LIMIT 1
