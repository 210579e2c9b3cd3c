-- Stores an entry of pending that a step leaves.
-- Parameters: ?1 ns, ?2 n, ?3 resource or null, ?4 job or null.
-- Cost: one search.
INSERT INTO pending (ns, n, resource, job) VALUES (?1, ?2, ?3, ?4)
