-- Reads the number of jobs by queue and state.
-- Parameters: ?1 ns.
-- Result: queue, state, jobs.
-- Cost: a row per queue and state.
SELECT queue, state, jobs FROM tally WHERE ns = ?1 ORDER BY queue, state
