-- Reads how a job ended.
-- Parameters: ?1 job.
-- Result: result, exit_code, exit_signal, error_type, error_message, error_detail; or no row.
-- Cost: one search.
SELECT result, exit_code, exit_signal, error_type, error_message, error_detail FROM outcome WHERE job = ?1
