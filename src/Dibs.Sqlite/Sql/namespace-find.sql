-- Finds the number of a namespace.
-- Parameters: ?1 name.
-- Result: ns, or no row.
-- Cost: one search.
SELECT ns FROM namespace WHERE name = ?1
