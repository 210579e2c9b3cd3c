-- Forgets the log lines of the attempts before.
-- Parameters: ?1 job, ?2 attempt.
-- Cost: a row per line.
DELETE FROM log WHERE job = ?1 AND attempt < ?2
