-- The final job that ended first, without those that have dependents to be told.
-- Parameters: ?1 ns, ?2 latest finished_at (µs).
-- Result: seq, or no row.
-- Cost: one search, and one per ended job with dependents not told.
SELECT seq FROM job
WHERE ns = ?1 AND finished_at <= ?2 AND NOT EXISTS (SELECT 1 FROM dependency WHERE prerequisite = seq)
ORDER BY finished_at, seq LIMIT 1
