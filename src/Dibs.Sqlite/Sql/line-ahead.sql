-- How many wait for a resource before a ticket.
-- Parameters: ?1 ns, ?2 resource, ?3 ticket, ?4 how far to count.
-- Result: a number.
-- Cost: an index step per waiter counted.
SELECT count(*) FROM (
  SELECT 1 FROM reservation WHERE ns = ?1 AND resource = ?2 AND held = 0 AND ticket < ?3 AND ticket IS NOT NULL LIMIT ?4)
