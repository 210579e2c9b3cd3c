-- Reads all live incarnations.
-- Parameters: ?1 ns.
-- Result: worker, incarnation, name, host, pid, version, slots, lease (µs), started_at (µs), beat, beat_at (µs), memory (bytes), asked, isolation, overdue.
-- Cost: a row each.
SELECT worker, incarnation, name, host, pid, version, slots, lease, started_at, beat, beat_at, memory, asked, isolation, overdue FROM worker WHERE ns = ?1
