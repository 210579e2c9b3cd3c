-- Reads all resources that somebody holds or waits for, with the time of the first in line.
-- Parameters: ?1 ns.
-- Result: name, held, waiting, capacity, admitted_at (µs) of the first in line or null.
-- Cost: two searches per resource.
SELECT name, held, waiting, capacity, (
  SELECT admitted_at FROM reservation JOIN job ON seq = job
  WHERE reservation.ns = ?1 AND resource = name AND held = 0 AND reservation.ticket IS NOT NULL ORDER BY reservation.ticket LIMIT 1)
FROM resource WHERE ns = ?1
