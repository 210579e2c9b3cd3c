-- The oldest job that comes after this one and was not told of its end.
-- Parameters: ?1 prerequisite.
-- Result: job, or no row.
-- Cost: one search.
SELECT job FROM dependency WHERE prerequisite = ?1 ORDER BY job LIMIT 1
