-- Asks something of all incarnations of a name of which less was asked.
-- Parameters: ?1 ns, ?2 name, ?3 asked.
-- Result: incarnation of each.
-- Guarantee: What was asked is never taken back.
-- Cost: one search and a row each.
UPDATE worker SET asked = ?3 WHERE ns = ?1 AND name = ?2 AND asked < ?3 RETURNING incarnation
