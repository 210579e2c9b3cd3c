-- Finds an incarnation.
-- Parameters: ?1 ns, ?2 incarnation.
-- Result: worker, name, beat, claims, exchange or null, asked.
-- Cost: one search.
SELECT worker, name, beat, claims, exchange, asked FROM worker WHERE ns = ?1 AND incarnation = ?2
