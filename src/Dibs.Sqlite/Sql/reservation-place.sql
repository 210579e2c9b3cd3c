-- Puts a reservation into its line or among the holders.
-- Parameters: ?1 job, ?2 n, ?3 held, ?4 ticket.
-- Cost: one search.
UPDATE reservation SET held = ?3, ticket = ?4 WHERE job = ?1 AND n = ?2
