-- Sets right what is derived of a job.
-- Parameters: ?1 seq, ?2 blockers, ?3 dependencies, ?4 ready_key (µs).
-- Cost: one search.
UPDATE job SET blockers = ?2, dependencies = ?3, ready_key = ?4 WHERE seq = ?1
