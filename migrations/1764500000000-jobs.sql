-- One job core: every table of jobs carries the same block of columns, and one set of statements works on all of them.

-- A process that works says that it lives, once for all that it holds. A worker that lets its lease run out is removed: what
-- it held is lost, and is taken back. One that comes back after that takes a new id.
ALTER TABLE batch_workers RENAME TO workers;
ALTER TABLE workers
  ADD COLUMN host       text NOT NULL DEFAULT '',
  ADD COLUMN role       text NOT NULL DEFAULT '',
  ADD COLUMN started_at timestamptz NOT NULL DEFAULT now();

-- Changes of a job's state, written in the transaction of the change and removed when they have been delivered.
CREATE TABLE outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text NOT NULL,
  subject_id uuid NOT NULL,
  owner_id   uuid,
  -- What it is now: a status of the job, or `removed`.
  status     text NOT NULL,
  attempt    integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What the view `jobs` is made of: for each kind a query of its open rows.
CREATE TABLE job_sources (
  kind  text PRIMARY KEY,
  query text NOT NULL
);

-- Adds open rows of a kind to the view `jobs`.
CREATE FUNCTION add_job_source(source_kind text, source_query text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_sources (kind, query) VALUES (source_kind, source_query);
  EXECUTE 'CREATE OR REPLACE VIEW jobs AS ' || (SELECT string_agg(query, ' UNION ALL ' ORDER BY kind) FROM job_sources);
END $$;

-- Makes a table with a primary key `id uuid` a table of jobs: gives it the block of columns with their rules and indexes, and
-- adds its open rows to the view `jobs`. Columns that it has already keep their values.
CREATE FUNCTION add_job_kind(job_kind text, job_table text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format($ddl$
    ALTER TABLE %1$I
      ADD COLUMN IF NOT EXISTS owner_id      uuid,
      ADD COLUMN IF NOT EXISTS status        text NOT NULL DEFAULT 'queued',
      -- Of the Bull job that announces this run.
      ADD COLUMN IF NOT EXISTS job_id        text,
      -- How often it was claimed; also what a late worker's write is refused by.
      ADD COLUMN IF NOT EXISTS attempts      integer NOT NULL DEFAULT 0,
      -- Attempts of this run that took their process with them.
      ADD COLUMN IF NOT EXISTS crashes       integer NOT NULL DEFAULT 0,
      -- Who works on it. No foreign key: the worker of a lost job is gone.
      ADD COLUMN IF NOT EXISTS worker_id     uuid,
      ADD COLUMN IF NOT EXISTS run_at        timestamptz NOT NULL DEFAULT now(),
      ADD COLUMN IF NOT EXISTS queued_at     timestamptz NOT NULL DEFAULT now(),
      ADD COLUMN IF NOT EXISTS started_at    timestamptz(3),
      ADD COLUMN IF NOT EXISTS completed_at  timestamptz(3),
      ADD COLUMN IF NOT EXISTS progress      smallint NOT NULL DEFAULT 0,
      -- Why it failed. The message alone says why it waits to be tried again.
      ADD COLUMN IF NOT EXISTS error_code    text,
      ADD COLUMN IF NOT EXISTS error_message text,
      ADD COLUMN IF NOT EXISTS request_id    text;
    UPDATE %1$I SET job_id = id::text WHERE job_id IS NULL;
    ALTER TABLE %1$I
      ALTER COLUMN job_id SET NOT NULL,
      -- Not when the transaction began: places in the queue are given out one after the other.
      ALTER COLUMN run_at SET DEFAULT clock_timestamp(),
      ALTER COLUMN queued_at SET DEFAULT clock_timestamp(),
      ADD CONSTRAINT %2$I CHECK (
        status IN ('queued', 'processing', 'completed', 'failed', 'cancelled')
        AND (worker_id IS NULL OR status = 'processing')
        AND progress BETWEEN 0 AND 100
        AND (status = 'completed') = (progress = 100)
        AND (status = 'failed') = (error_code IS NOT NULL)
        AND (status IN ('queued', 'processing')) = (completed_at IS NULL));
    CREATE INDEX %3$I ON %1$I (run_at, id) WHERE status = 'queued';
    CREATE INDEX %4$I ON %1$I (worker_id) WHERE status = 'processing'
  $ddl$, job_table, job_table || '_job', job_table || '_due', job_table || '_processing');
  PERFORM add_job_source(job_kind, (
    SELECT string_agg(format($select$
      SELECT %1$L AS kind, id, owner_id, %3$L AS status, job_id, attempts, crashes, worker_id, run_at, queued_at,
             started_at::timestamptz AS started_at, progress, request_id
        FROM %2$I WHERE status = %3$L $select$, job_kind, job_table, status), ' UNION ALL ')
      FROM unnest(ARRAY['queued', 'processing']) AS status));
END $$;

-- A chunk of a batch is no row of a table of jobs, but it waits for workers like one. Chunks of paused batches do not wait.
SELECT add_job_source('batch-chunks', $$
  SELECT 'batch-chunks' AS kind, b.id, b.owner_id, 'queued' AS status, b.id || '-' || c.number AS job_id, c.attempt AS attempts,
         0 AS crashes, NULL::uuid AS worker_id, b.created_at::timestamptz AS run_at, b.created_at::timestamptz AS queued_at,
         NULL::timestamptz AS started_at, 0::smallint AS progress, NULL::text AS request_id
    FROM batches AS b JOIN batch_chunks AS c ON c.batch_id = b.id
   WHERE b.status IN ('queued', 'processing') AND c.worker_id IS NULL AND c.pending > 0
  UNION ALL
  SELECT 'batch-chunks', b.id, b.owner_id, 'processing', b.id || '-' || c.number, c.attempt, 0, c.worker_id, b.created_at,
         b.created_at, b.started_at::timestamptz, 0::smallint, NULL
    FROM batch_chunks AS c JOIN batches AS b ON b.id = c.batch_id
   WHERE c.worker_id IS NOT NULL $$);
