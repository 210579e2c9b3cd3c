-- The least that is asked of the incarnations of a name.
-- Parameters: ?1 ns, ?2 name.
-- Result: asked, or null if none lives.
-- Cost: one search and a row each.
SELECT min(asked) FROM worker WHERE ns = ?1 AND name = ?2
