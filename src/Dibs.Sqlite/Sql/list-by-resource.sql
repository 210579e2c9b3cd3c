-- The newest jobs that reserve a resource.
-- Parameters: ?1 ns, ?2 bits of the states, ?3 seq to come before, ?4 queue, ?5 method, ?6 worker_name, ?7 earliest created_at (µs), each null when it does not matter; ?8 resource.
-- Result: seq, newest first.
-- Cost: a row per job looked at.
SELECT seq FROM reservation CROSS JOIN job ON seq = job
WHERE reservation.ns = ?1 AND resource = ?8 AND job < ?3 AND (1 << state) & ?2
  AND (?4 IS NULL OR queue = ?4) AND (?5 IS NULL OR method = ?5) AND (?6 IS NULL OR worker_name = ?6) AND (?7 IS NULL OR created_at >= ?7)
ORDER BY job DESC
