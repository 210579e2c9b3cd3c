-- Makes a namespace known, if it is not.
-- Parameters: ?1 name.
-- Guarantee: The number of a namespace never changes.
-- Cost: one search.
INSERT INTO namespace (name) VALUES (?1) ON CONFLICT (name) DO NOTHING
