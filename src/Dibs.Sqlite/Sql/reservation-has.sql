-- Whether a job reserves a resource.
-- Parameters: ?1 ns, ?2 resource, ?3 job.
-- Result: 1, or no row.
-- Cost: one search.
SELECT 1 FROM reservation WHERE ns = ?1 AND resource = ?2 AND job = ?3
