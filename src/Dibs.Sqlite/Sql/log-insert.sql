-- Stores a log line.
-- Parameters: ?1 job, ?2 attempt, ?3 n, ?4 at (100 ns since 0001, as the worker said), ?5 text.
-- Cost: one row.
INSERT INTO log (job, attempt, n, at, text) VALUES (?1, ?2, ?3, ?4, ?5)
