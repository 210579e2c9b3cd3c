-- Reads what never changes of a job.
-- Parameters: ?1 job.
-- Result: digest, content, parent, requeue_of.
-- Cost: one search.
SELECT digest, content, parent, requeue_of FROM content WHERE job = ?1
