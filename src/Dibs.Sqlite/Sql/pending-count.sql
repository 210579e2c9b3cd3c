-- How many entries pending has.
-- Parameters: ?1 ns.
-- Result: a number.
-- Cost: a row per entry.
SELECT count(*) FROM pending WHERE ns = ?1
