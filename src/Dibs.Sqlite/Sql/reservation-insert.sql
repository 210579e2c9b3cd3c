-- Stores a reservation of a new job.
-- Parameters: ?1 job, ?2 n, ?3 ns, ?4 resource, ?5 mode, ?6 capacity, ?7 held, ?8 ticket.
-- Cost: one row in the table and in up to two indices.
INSERT INTO reservation (job, n, ns, resource, mode, capacity, held, ticket) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
