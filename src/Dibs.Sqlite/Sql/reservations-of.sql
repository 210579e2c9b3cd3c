-- Reads the reservations of a job.
-- Parameters: ?1 job.
-- Result: resource, mode, capacity, held, in the order of the resources.
-- Cost: one search and a row each.
SELECT resource, mode, capacity, held FROM reservation WHERE job = ?1 ORDER BY n
