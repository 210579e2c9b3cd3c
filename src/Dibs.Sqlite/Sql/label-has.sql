-- Whether a job has a label with this value.
-- Parameters: ?1 job, ?2 name, ?3 value.
-- Result: 1, or no row.
-- Cost: one search.
SELECT 1 FROM label WHERE job = ?1 AND name = ?2 AND value = ?3
