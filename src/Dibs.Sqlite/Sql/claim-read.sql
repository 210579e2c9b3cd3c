-- Reads what a worker needs of a job that it claims.
-- Parameters: ?1 seq.
-- Result: id, queue, attempt, method, content.
-- Cost: two searches.
SELECT id, queue, attempt, method, content FROM job JOIN content ON job = seq WHERE seq = ?1
