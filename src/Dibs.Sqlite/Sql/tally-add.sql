-- Adds to the number of jobs of a queue in a state.
-- Parameters: ?1 ns, ?2 queue, ?3 state, ?4 difference.
-- Cost: one search.
INSERT INTO tally (ns, queue, state, jobs) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (ns, queue, state) DO UPDATE SET jobs = jobs + excluded.jobs
