-- Mails become jobs like all others: `sending` is `processing`, `sent` is `completed`. What was being sent is taken back.
ALTER TABLE mails
  DROP CONSTRAINT mails_status_check,
  DROP CONSTRAINT mails_check1,
  DROP CONSTRAINT mails_check2,
  DROP COLUMN lease_until,
  ALTER COLUMN status DROP DEFAULT;
DROP INDEX mails_queued;
ALTER TABLE mails RENAME COLUMN next_attempt_at TO run_at;
ALTER TABLE mails RENAME COLUMN ended_at TO completed_at;
ALTER TABLE mails RENAME COLUMN error TO error_message;
ALTER TABLE mails
  ALTER COLUMN status SET DEFAULT 'queued',
  ALTER COLUMN run_at SET DEFAULT clock_timestamp(),
  ADD COLUMN queued_at timestamptz,
  ADD COLUMN progress smallint NOT NULL DEFAULT 0,
  ADD COLUMN error_code text;
UPDATE mails
   SET status = CASE status WHEN 'sending' THEN 'processing' WHEN 'sent' THEN 'completed' ELSE status END,
       progress = CASE status WHEN 'sent' THEN 100 ELSE 0 END,
       error_code = CASE status WHEN 'failed' THEN 'mail_not_sent' END,
       queued_at = created_at;
ALTER TABLE mails
  ALTER COLUMN queued_at SET DEFAULT clock_timestamp(),
  ALTER COLUMN queued_at SET NOT NULL,
  ADD CONSTRAINT mails_body CHECK ((completed_at IS NULL) = (body IS NOT NULL));

SELECT add_job_kind('mails', 'mails');
