-- Analyses are jobs like all others: one heartbeat a worker takes the place of one an analysis. What was being analyzed is
-- taken back.
ALTER TABLE analyses DROP COLUMN lease_until;

SELECT add_job_kind('analyses', 'analyses');

UPDATE analyses SET run_at = queued_at WHERE status = 'queued';
