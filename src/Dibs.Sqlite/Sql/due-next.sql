-- When the next scheduled job is due.
-- Parameters: ?1 ns.
-- Result: run_at (µs), or no row.
-- Cost: one search.
SELECT run_at FROM job WHERE ns = ?1 AND state = 0 ORDER BY run_at LIMIT 1
