-- Requests to reset a password become jobs like all others. The address is forgotten when a request has been answered.
ALTER TABLE password_reset_requests ALTER COLUMN email DROP NOT NULL;

SELECT add_job_kind('password-resets', 'password_reset_requests');
