-- Reads the answer to the last exchange of an incarnation.
-- Parameters: ?1 worker.
-- Result: answer.
-- Cost: one search.
SELECT answer FROM worker WHERE worker = ?1
