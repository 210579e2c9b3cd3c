-- The first who hold a resource, or who wait for it.
-- Parameters: ?1 ns, ?2 resource, ?3 held (1) or waiting (0), ?4 how many.
-- Result: id, mode, admitted_at (µs), state, worker_name, created_at (µs), ready_at (µs), started_at (µs), canceling_at (µs), finished_at (µs), by ticket.
-- Cost: a search per row.
SELECT id, mode, admitted_at, state, worker_name, created_at, ready_at, started_at, canceling_at, finished_at
FROM reservation JOIN job ON seq = job
WHERE reservation.ns = ?1 AND resource = ?2 AND held = ?3 AND reservation.ticket IS NOT NULL ORDER BY reservation.ticket LIMIT ?4
