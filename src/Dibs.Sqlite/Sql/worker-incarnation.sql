-- Names the incarnation of a worker.
-- Parameters: ?1 worker.
-- Result: incarnation, or no row.
-- Cost: one search.
SELECT incarnation FROM worker WHERE worker = ?1
