-- Stores that a job comes after another one.
-- Parameters: ?1 job, ?2 n, ?3 id of the other, ?4 its seq while it has not ended, else null.
-- Cost: one row in the table and in an index.
INSERT INTO dependency (job, n, id, prerequisite) VALUES (?1, ?2, ?3, ?4)
