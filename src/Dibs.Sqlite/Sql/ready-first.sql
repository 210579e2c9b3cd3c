-- The ready job of a queue that is claimed next.
-- Parameters: ?1 ns, ?2 queue.
-- Result: seq, ready_key (µs), ticket, or no row.
-- Cost: one search of a covering index, whatever the backlog.
SELECT seq, ready_key, ticket FROM job WHERE ns = ?1 AND queue = ?2 AND state = 2 ORDER BY ready_key, ticket LIMIT 1
