-- The number of the last log line of an attempt.
-- Parameters: ?1 job, ?2 attempt.
-- Result: n or null.
-- Cost: one search.
SELECT max(n) FROM log WHERE job = ?1 AND attempt = ?2
