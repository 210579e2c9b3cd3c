-- What is stored of the next jobs, and what the truth says of them.
-- Parameters: ?1 ns, ?2 seq to come after, ?3 how many.
-- Result: seq, id, state, blockers, reservations that wait, dependencies, jobs not told of, ready_key, ready_at, priority, number in pending, whether dependents are left to be told.
-- Cost: a few searches per job.
SELECT seq, id, state, blockers,
  (SELECT count(*) FROM reservation WHERE job = seq AND held = 0 AND reservation.ticket IS NOT NULL), dependencies,
  (SELECT count(*) FROM dependency WHERE dependency.job = seq AND prerequisite IS NOT NULL), ready_key, ready_at, priority,
  (SELECT n FROM pending WHERE pending.job = seq), state >= 5 AND EXISTS (SELECT 1 FROM dependency WHERE prerequisite = seq)
FROM job WHERE +ns = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3
