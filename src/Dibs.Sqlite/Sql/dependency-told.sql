-- A job was told of the end of another one.
-- Parameters: ?1 job, ?2 prerequisite.
-- Cost: one search, a row per dependency of the job at most.
UPDATE dependency SET prerequisite = NULL WHERE job = ?1 AND prerequisite = ?2
