-- A job was told that one of the jobs it comes after has ended.
-- Parameters: ?1 seq.
-- Cost: one search.
UPDATE job SET dependencies = dependencies - 1 WHERE seq = ?1
