-- Stores the state of a phase of a running attempt, if it is known or there is room for it.
-- Parameters: ?1 job, ?2 code, ?3 message, ?4 done, ?5 total, ?6 state, ?7 suffix, ?8 most phases kept.
-- Guarantee: A phase keeps its place when it is reported again.
-- Cost: a row per phase of the job.
INSERT INTO progress (job, n, code, message, done, total, state, suffix)
SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7 FROM progress WHERE job = ?1
HAVING count(*) < ?8 OR EXISTS (SELECT 1 FROM progress WHERE job = ?1 AND code = ?2)
ON CONFLICT (job, code) DO UPDATE SET
  message = excluded.message, done = excluded.done, total = excluded.total, state = excluded.state, suffix = excluded.suffix
