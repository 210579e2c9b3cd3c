-- Reads the log lines of the last attempt.
-- Parameters: ?1 job.
-- Result: at (100 ns since 0001), text, in order.
-- Cost: one search and a row each.
SELECT at, text FROM log WHERE job = ?1 AND attempt = (SELECT attempt FROM job WHERE seq = ?1) ORDER BY n
