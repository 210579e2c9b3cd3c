-- Stores a new job as it stands after its admission, if it was admitted.
-- Parameters: ?1 ns, ?2 id, ?3 state, ?4 reason, ?5 queue, ?6 priority, ?7 method, ?8 reserves, ?9 dependencies, ?10 ticket, ?11 blockers, ?12 ready_key (µs), ?13 created_at, ?14 run_at, ?15 admitted_at, ?16 ready_at, ?17 finished_at (all µs), ?18 on_worker_lost.
-- Guarantee: An id that is taken is refused by the index.
-- Cost: one row in the table and in up to four indices.
INSERT INTO job (ns, id, state, reason, queue, priority, method, reserves, dependencies, ticket, blockers, ready_key, created_at, run_at, admitted_at, ready_at, finished_at, on_worker_lost)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
