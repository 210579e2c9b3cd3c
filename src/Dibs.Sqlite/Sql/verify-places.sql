-- What the reservations say of a resource.
-- Parameters: ?1 ns, ?2 resource.
-- Result: number of holders, of exclusive holders, of waiters.
-- Cost: a row of a covering index per holder and waiter.
SELECT coalesce(sum(held), 0), coalesce(sum(held AND mode = 0), 0), coalesce(sum(NOT held), 0)
FROM reservation WHERE ns = ?1 AND resource = ?2 AND ticket IS NOT NULL
