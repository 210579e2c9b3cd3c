-- The next name that is stored as a resource, or that a reservation with a ticket names.
-- Parameters: ?1 ns, ?2 name to come after.
-- Result: name or null.
-- Cost: two searches.
SELECT min(name) FROM (
  SELECT min(name) AS name FROM resource WHERE ns = ?1 AND name > ?2
  UNION ALL SELECT min(resource) FROM reservation WHERE ns = ?1 AND resource > ?2 AND ticket IS NOT NULL)
