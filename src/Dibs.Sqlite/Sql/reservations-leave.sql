-- Takes all reservations of a job out of their lines and from the holders.
-- Parameters: ?1 job.
-- Cost: a row per reservation.
UPDATE reservation SET held = 0, ticket = NULL WHERE job = ?1
