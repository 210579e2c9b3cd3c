-- The incarnations that beat longest ago, by order of beats.
-- Parameters: ?1 ns, ?2 worker to leave out (0: none), ?3 how many.
-- Result: incarnation, beat, lease (µs).
-- Cost: a row each.
SELECT incarnation, beat, lease FROM worker WHERE ns = ?1 AND worker <> ?2 ORDER BY beat_order LIMIT ?3
