-- Reads the phases of a job.
-- Parameters: ?1 job.
-- Result: code, message, done, total, state, suffix, in the order in which they began.
-- Cost: one search and a row each.
SELECT code, message, done, total, state, suffix FROM progress WHERE job = ?1 ORDER BY n
