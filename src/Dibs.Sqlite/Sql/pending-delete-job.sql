-- Takes an ended job without work left out of pending, if it is in it.
-- Parameters: ?1 job.
-- Cost: one search.
DELETE FROM pending WHERE job = ?1
