-- Stores a heartbeat.
-- Parameters: ?1 worker, ?2 beat_order, ?3 now (µs), ?4 memory (bytes), ?5 overdue.
-- Cost: one search.
UPDATE worker SET beat = beat + 1, beat_order = ?2, beat_at = ?3, memory = ?4, overdue = ?5 WHERE worker = ?1
