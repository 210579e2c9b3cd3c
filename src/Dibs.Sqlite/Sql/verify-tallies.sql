-- Counts the jobs by queue and state, and compares with what is stored.
-- Parameters: ?1 ns.
-- Result: queue, state, jobs stored, jobs counted; only where they differ.
-- Cost: a row per job; for people.
SELECT queue, state, sum(stored), sum(counted) FROM (
  SELECT queue, state, jobs AS stored, 0 AS counted FROM tally WHERE ns = ?1
  UNION ALL SELECT queue, state, 0, 1 FROM job WHERE ns = ?1)
GROUP BY queue, state HAVING sum(stored) <> sum(counted)
