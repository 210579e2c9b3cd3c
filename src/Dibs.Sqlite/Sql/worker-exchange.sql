-- Stores the number of an exchange with its answer.
-- Parameters: ?1 worker, ?2 claims counted, ?3 number, ?4 answer.
-- Cost: one search.
UPDATE worker SET claims = ?2, exchange = ?3, answer = ?4 WHERE worker = ?1
