-- Stores the name of something that a job made, if it is new and there is room for it.
-- Parameters: ?1 job, ?2 name, ?3 most names kept.
-- Cost: a row per name of the job.
INSERT INTO created (job, n, name)
SELECT ?1, coalesce(max(n), 0) + 1, ?2 FROM created WHERE job = ?1
HAVING count(*) < ?3
ON CONFLICT (job, name) DO NOTHING
