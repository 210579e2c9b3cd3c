-- Forgets the log lines of an attempt before a number.
-- Parameters: ?1 job, ?2 attempt, ?3 the first line that is kept.
-- Cost: one search and a row per line.
DELETE FROM log WHERE job = ?1 AND attempt = ?2 AND n < ?3
