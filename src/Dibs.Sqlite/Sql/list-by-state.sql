-- The newest jobs in a state.
-- Parameters: ?1 ns, ?2 state, ?3 seq to come before, ?4 queue, ?5 method, ?6 worker_name, ?7 earliest created_at (µs), each null when it does not matter.
-- Result: seq, newest first.
-- Cost: a row per job looked at.
SELECT seq FROM job
WHERE ns = ?1 AND state = ?2 AND seq < ?3
  AND (?4 IS NULL OR queue = ?4) AND (?5 IS NULL OR method = ?5) AND (?6 IS NULL OR worker_name = ?6) AND (?7 IS NULL OR created_at >= ?7)
ORDER BY seq DESC
