-- How many final jobs there are.
-- Parameters: ?1 ns.
-- Result: a number.
-- Cost: a row per queue and state.
SELECT coalesce(sum(jobs), 0) FROM tally WHERE ns = ?1 AND state >= 5
