-- How many ready jobs of a queue are claimed before one.
-- Parameters: ?1 ns, ?2 queue, ?3 ready_key (µs), ?4 ticket, ?5 how far to count.
-- Result: a number.
-- Cost: an index step per job counted.
SELECT count(*) FROM (
  SELECT 1 FROM job WHERE ns = ?1 AND queue = ?2 AND state = 2 AND (ready_key, ticket) < (?3, ?4) LIMIT ?5)
