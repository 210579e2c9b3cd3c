-- Stores how a job ended.
-- Parameters: ?1 job, ?2 result, ?3 exit_code, ?4 exit_signal, ?5 error_type, ?6 error_message, ?7 error_detail.
-- Cost: one row.
INSERT INTO outcome (job, result, exit_code, exit_signal, error_type, error_message, error_detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
