-- The scheduled job that is due first, if it is due.
-- Parameters: ?1 ns, ?2 now (µs).
-- Result: seq, or no row.
-- Cost: one search.
SELECT seq FROM job WHERE ns = ?1 AND state = 0 AND run_at <= ?2 ORDER BY run_at, seq LIMIT 1
