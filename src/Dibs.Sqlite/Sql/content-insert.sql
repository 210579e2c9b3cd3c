-- Stores what never changes of a new job.
-- Parameters: ?1 job, ?2 digest, ?3 content, ?4 parent, ?5 requeue_of.
-- Cost: one row.
INSERT INTO content (job, digest, content, parent, requeue_of) VALUES (?1, ?2, ?3, ?4, ?5)
