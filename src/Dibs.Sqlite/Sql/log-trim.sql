-- Forgets the oldest log lines of an attempt.
-- Parameters: ?1 job, ?2 attempt, ?3 most lines kept.
-- Cost: an index step per line kept.
DELETE FROM log WHERE job = ?1 AND attempt = ?2 AND n <= (
  SELECT n FROM log WHERE job = ?1 AND attempt = ?2 ORDER BY n DESC LIMIT 1 OFFSET ?3)
