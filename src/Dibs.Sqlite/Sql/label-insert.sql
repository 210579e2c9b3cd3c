-- Stores a label of a new job.
-- Parameters: ?1 job, ?2 name, ?3 ns, ?4 value.
-- Cost: one row in the table and in an index.
INSERT INTO label (job, name, ns, value) VALUES (?1, ?2, ?3, ?4)
