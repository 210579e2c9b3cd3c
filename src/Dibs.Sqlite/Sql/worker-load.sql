-- Finds an incarnation.
-- Parameters: ?1 ns, ?2 incarnation.
-- Result: worker, name, beat, claims, exchange or null.
-- Cost: one search.
SELECT worker, name, beat, claims, exchange FROM worker WHERE ns = ?1 AND incarnation = ?2
