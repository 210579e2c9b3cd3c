-- A claim was given back: the job is ready again with its ticket and time.
-- Parameters: ?1 seq.
-- Cost: one search.
UPDATE job SET state = 2, worker = NULL WHERE seq = ?1
