-- Forgets a number of jobs that became 0.
-- Parameters: ?1 ns, ?2 queue, ?3 state.
-- Cost: one search.
DELETE FROM tally WHERE ns = ?1 AND queue = ?2 AND state = ?3 AND jobs = 0
