-- Makes an incarnation known, or updates what it registered.
-- Parameters: ?1 ns, ?2 incarnation, ?3 name, ?4 host, ?5 pid, ?6 version, ?7 slots, ?8 lease (µs), ?9 isolation, ?10 now (µs), ?11 beat_order.
-- Result: worker.
-- Guarantee: The beat of a known incarnation and its start do not change.
-- Cost: one search.
INSERT INTO worker (ns, incarnation, name, host, pid, version, slots, lease, isolation, started_at, beat_at, beat_order)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)
ON CONFLICT (ns, incarnation) DO UPDATE SET
  name = excluded.name, host = excluded.host, pid = excluded.pid, version = excluded.version, slots = excluded.slots, lease = excluded.lease,
  isolation = excluded.isolation
RETURNING worker
