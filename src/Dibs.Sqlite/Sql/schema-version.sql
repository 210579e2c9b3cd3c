-- The version of the schema of the file.
-- Result: a number.
-- Cost: a field of the first page.
PRAGMA user_version
