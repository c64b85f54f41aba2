-- Analyses, the files they made, and running totals, so that no count ever walks over the rows.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE analyses (
  id              uuid PRIMARY KEY,
  owner_id        uuid,
  file_type       text NOT NULL CHECK (file_type IN ('image', 'video', 'document')),
  filename        text NOT NULL,
  media_type      text NOT NULL,
  size_bytes      bigint NOT NULL CHECK (size_bytes > 0),
  sha256          text NOT NULL CHECK (length(sha256) = 64),
  storage_key     text NOT NULL,
  features        text[] NOT NULL,
  options         jsonb NOT NULL,
  status          text NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
  job_id          text NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  crashes         integer NOT NULL DEFAULT 0,
  lease_until     timestamptz,
  progress        smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  results         json,
  error_code      text,
  error_message   text,
  processing_time numeric(12, 3),
  request_id      text,
  ip_address      inet,
  user_agent      text,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  -- Not when the transaction began: places in the queue are given out one after the other, under a lock.
  queued_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at      timestamptz(3),
  completed_at    timestamptz(3),
  CHECK ((status = 'processing') = (lease_until IS NOT NULL)),
  CHECK ((status = 'completed') = (progress = 100)),
  CHECK ((status = 'failed') = (error_code IS NOT NULL))
);

-- One for each combination of filters that a list may carry; all end in the order of the list.
CREATE INDEX analyses_by_time ON analyses (owner_id, created_at, id);
CREATE INDEX analyses_by_status ON analyses (owner_id, status, created_at, id);
CREATE INDEX analyses_by_type ON analyses (owner_id, file_type, created_at, id);
CREATE INDEX analyses_by_type_and_status ON analyses (owner_id, file_type, status, created_at, id);
CREATE INDEX analyses_by_filename ON analyses USING gin (filename gin_trgm_ops);

-- The queue and the leases: as small as what is under way.
CREATE INDEX analyses_queued ON analyses (queued_at, id) WHERE status = 'queued';
CREATE INDEX analyses_leased ON analyses (lease_until) WHERE status = 'processing';

CREATE TABLE artifacts (
  analysis_id uuid NOT NULL REFERENCES analyses ON DELETE CASCADE,
  name        text NOT NULL,
  media_type  text NOT NULL,
  size_bytes  bigint NOT NULL,
  storage_key text NOT NULL,
  PRIMARY KEY (analysis_id, name)
);

CREATE TABLE analysis_totals (
  owner_id        uuid,
  hour            timestamptz NOT NULL,
  file_type       text NOT NULL,
  status          text NOT NULL,
  analyses        bigint NOT NULL,
  processing_time numeric NOT NULL,
  UNIQUE NULLS NOT DISTINCT (owner_id, hour, file_type, status)
);

-- Adds what a statement changed. Totals are locked in one order, so that two statements never wait for each other.
CREATE FUNCTION add_to_analysis_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO analysis_totals AS totals
    SELECT owner_id, date_trunc('hour', created_at, 'UTC'), file_type, status, count(*), coalesce(sum(processing_time), 0)
      FROM added GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (owner_id, hour, file_type, status) DO UPDATE
       SET analyses = totals.analyses + excluded.analyses,
           processing_time = totals.processing_time + excluded.processing_time;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO analysis_totals AS totals
    SELECT owner_id, date_trunc('hour', created_at, 'UTC'), file_type, status, -count(*), -coalesce(sum(processing_time), 0)
      FROM removed GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (owner_id, hour, file_type, status) DO UPDATE
       SET analyses = totals.analyses + excluded.analyses,
           processing_time = totals.processing_time + excluded.processing_time;
  ELSE
    INSERT INTO analysis_totals AS totals
    SELECT owner_id, date_trunc('hour', created_at, 'UTC'), file_type, status, sum(change), sum(change * coalesce(processing_time, 0))
      FROM (SELECT owner_id, created_at, file_type, status, processing_time, 1 AS change FROM added
            UNION ALL
            SELECT owner_id, created_at, file_type, status, processing_time, -1 FROM removed) AS changes
     GROUP BY 1, 2, 3, 4
    HAVING sum(change) <> 0 OR sum(change * coalesce(processing_time, 0)) <> 0
     ORDER BY 1, 2, 3, 4
    ON CONFLICT (owner_id, hour, file_type, status) DO UPDATE
       SET analyses = totals.analyses + excluded.analyses,
           processing_time = totals.processing_time + excluded.processing_time;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER analyses_inserted AFTER INSERT ON analyses
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_to_analysis_totals();
CREATE TRIGGER analyses_updated AFTER UPDATE ON analyses
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_to_analysis_totals();
CREATE TRIGGER analyses_deleted AFTER DELETE ON analyses
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION add_to_analysis_totals();

-- Answers to requests that carried an Idempotency-Key, kept for a day.
CREATE TABLE idempotency_keys (
  owner_id      uuid,
  key           text NOT NULL,
  route         text NOT NULL,
  token         uuid NOT NULL,
  locked_until  timestamptz,
  fingerprint   text,
  answer        jsonb,
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (owner_id, key, route)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
