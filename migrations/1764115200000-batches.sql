-- Batches of image URLs. One CSV is one upload; it is split into batches (parts); a batch is worked on in chunks.
--
-- A row of the CSV is written once when it comes in (batch_items) and once when it is finished (batch_results), never
-- in between. What is unfinished has no result: that a row ends once is the primary key of batch_results, and a kill
-- at any moment leaves nothing to undo. Numbers that are shown are kept where they change; nothing counts over rows.
--
-- Locks: whatever changes a batch's numbers, results or status holds the lock of its row in batches first; chunks come
-- after it, uploads' failures last. Several of a kind are locked in the order of their keys.

CREATE TABLE batch_uploads (
  id                  uuid PRIMARY KEY,
  owner_id            uuid,
  name                text NOT NULL,
  analyzer            text NOT NULL CHECK (analyzer IN ('external', 'image')),
  -- Of the analyzer `image`; empty for `external`.
  features            text[] NOT NULL DEFAULT '{}',
  options             json NOT NULL DEFAULT '{}',
  -- Names of the file's further columns, in their order; batch_items.columns holds the values in the same order.
  columns             text[] NOT NULL DEFAULT '{}',
  chunk_size          integer NOT NULL CHECK (chunk_size > 0),
  total_urls          integer NOT NULL CHECK (total_urls > 0),
  invalid_urls        integer NOT NULL,
  duplicate_urls      integer NOT NULL,
  total_split_batches integer NOT NULL CHECK (total_split_batches > 0),
  created_at          timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX batch_uploads_by_owner ON batch_uploads (owner_id, created_at, id);

CREATE TABLE batches (
  id           uuid PRIMARY KEY,
  upload_id    uuid NOT NULL REFERENCES batch_uploads ON DELETE CASCADE,
  owner_id     uuid,
  name         text NOT NULL,
  -- From 1 to the upload's total_split_batches.
  sequence     integer NOT NULL,
  status       text NOT NULL CHECK (status IN ('queued', 'processing', 'paused', 'completed', 'failed', 'cancelled')),
  -- Its rows are those with first_row <= row_number < first_row + total_urls: row numbers count through the whole upload.
  first_row    integer NOT NULL,
  total_urls   integer NOT NULL CHECK (total_urls > 0),
  -- Rows without an end. Those of a cancelled batch count as cancelled.
  pending      integer NOT NULL CHECK (pending >= 0),
  succeeded    integer NOT NULL DEFAULT 0,
  -- Rows that failed, those with an unusable URL among them.
  failed       integer NOT NULL DEFAULT 0,
  -- Rows that ended in the minute (since 1970) in which one ended last, and in the minute before that.
  rate_minute  integer NOT NULL DEFAULT 0,
  rate_now     integer NOT NULL DEFAULT 0,
  rate_before  integer NOT NULL DEFAULT 0,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  started_at   timestamptz(3),
  completed_at timestamptz(3),
  UNIQUE (upload_id, sequence),
  CHECK (pending + succeeded + failed = total_urls),
  -- It has ended by itself exactly when no row is left; a batch without a usable URL is born failed.
  CHECK ((pending = 0) = (status IN ('completed', 'failed'))),
  CHECK (status <> 'completed' OR succeeded > 0),
  CHECK (status <> 'failed' OR succeeded = 0),
  CHECK ((completed_at IS NOT NULL) = (status IN ('completed', 'failed', 'cancelled')))
) WITH (fillfactor = 50);
CREATE INDEX batches_by_time ON batches (owner_id, created_at, id);
CREATE INDEX batches_by_status ON batches (owner_id, status, created_at, id);
CREATE INDEX batches_by_name ON batches USING gin (name gin_trgm_ops);
-- As small as what may be worked on.
CREATE INDEX batches_open ON batches (upload_id, sequence) WHERE status IN ('queued', 'processing');

-- Workers that say that they live. A worker that lets its lease run out is removed, and what it held is free again;
-- a worker that comes back after that takes a new id, so an id is never anybody else's.
CREATE TABLE batch_workers (
  id          uuid PRIMARY KEY,
  lease_until timestamptz NOT NULL
);

-- The unit of work: chunk n of a batch is the rows first_row ... last_row, chunk_size of them but for the last chunk.
-- It waits when worker_id is null and pending > 0, is leased when worker_id is set, done when pending = 0.
CREATE TABLE batch_chunks (
  batch_id  uuid NOT NULL REFERENCES batches ON DELETE CASCADE,
  number    integer NOT NULL,
  first_row integer NOT NULL,
  last_row  integer NOT NULL,
  pending   integer NOT NULL CHECK (pending >= 0),
  succeeded integer NOT NULL DEFAULT 0,
  failed    integer NOT NULL DEFAULT 0,
  -- Who works on it; removing the worker frees it.
  worker_id uuid REFERENCES batch_workers ON DELETE SET NULL,
  -- How often it was leased; with worker_id the fence against a late worker's write.
  attempt   integer NOT NULL DEFAULT 0,
  PRIMARY KEY (batch_id, number),
  CHECK (pending + succeeded + failed = last_row - first_row + 1),
  CHECK (pending > 0 OR worker_id IS NULL)
) WITH (fillfactor = 50);
CREATE INDEX batch_chunks_waiting ON batch_chunks (batch_id, number) WHERE worker_id IS NULL AND pending > 0;
CREATE INDEX batch_chunks_leased ON batch_chunks (worker_id) WHERE worker_id IS NOT NULL;

-- Rows as they came in. No foreign key: it would be looked up for every one of ten million rows.
CREATE TABLE batch_items (
  batch_id   uuid NOT NULL,
  -- Data rows of the upload, counted from 1.
  row_number integer NOT NULL,
  -- Attempts of earlier runs, which a retry has begun anew.
  attempts   smallint NOT NULL DEFAULT 0,
  -- Why the row is never worked on: the class of its error, `invalid_url`. Such a row is failed from the start.
  problem    text,
  -- Normalised; as it stands in the file, cut, when it is not usable.
  url        text NOT NULL,
  -- Values of the further columns as an array of strings, in the order of batch_uploads.columns; null when there are none.
  columns    json,
  PRIMARY KEY (batch_id, row_number)
);

-- How rows ended: succeeded without an error class, failed with one. Written once, many to a statement.
CREATE TABLE batch_results (
  batch_id      uuid NOT NULL,
  row_number    integer NOT NULL,
  -- Attempts of this run; 0 when it was answered without a call.
  attempts      smallint NOT NULL,
  cached        boolean NOT NULL,
  -- Seconds.
  duration      real NOT NULL,
  completed_at  timestamptz(3) NOT NULL DEFAULT now(),
  error_class   text,
  error_message text,
  -- Of a failed row: where its URL points, for the numbers by host.
  host          text,
  result        json,
  PRIMARY KEY (batch_id, row_number)
);
CREATE INDEX batch_results_failed ON batch_results (batch_id, row_number) WHERE error_class IS NOT NULL;

-- Failed rows by class of error and by host. scope_id is a batch or an upload, so that neither has to add up the other.
-- Hosts beyond the first hundred of a scope are counted together under the name `(others)`.
CREATE TABLE batch_failures (
  scope_id  uuid NOT NULL,
  dimension text NOT NULL CHECK (dimension IN ('class', 'host')),
  name      text NOT NULL,
  failed    integer NOT NULL,
  PRIMARY KEY (scope_id, dimension, name)
) WITH (fillfactor = 50);

-- Where the answer to a question can be found again: what was asked, by whom and how, as a hash. Not logged: a crash of
-- PostgreSQL empties it, and losing it loses nothing. A key may stand here twice, when two workers asked at once.
CREATE UNLOGGED TABLE batch_cache (
  key        uuid NOT NULL,
  batch_id   uuid NOT NULL,
  row_number integer NOT NULL,
  cached_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX batch_cache_by_key ON batch_cache USING hash (key);

-- Batches that are gone; what is left of their rows is swept away little by little.
CREATE TABLE batch_removals (
  batch_id   uuid PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A row and its state as they are shown; the one place that says what a row's status is.
CREATE VIEW batch_item_states AS
SELECT i.batch_id, b.upload_id, b.owner_id, b.name AS batch_name, i.row_number, i.url,
       CASE WHEN i.problem IS NOT NULL OR r.error_class IS NOT NULL THEN 'failed'
            WHEN r.row_number IS NOT NULL THEN 'succeeded'
            WHEN b.status = 'cancelled' THEN 'cancelled'
            WHEN EXISTS (SELECT FROM batch_chunks AS c
                          WHERE c.batch_id = i.batch_id AND c.worker_id IS NOT NULL
                            AND i.row_number BETWEEN c.first_row AND c.last_row) THEN 'processing'
            ELSE 'pending'
       END AS status,
       i.attempts + coalesce(r.attempts, 0) AS attempts,
       coalesce(r.cached, false) AS cached,
       r.result,
       coalesce(i.problem, r.error_class) AS error_class,
       CASE WHEN i.problem IS NOT NULL THEN 'The row holds no usable URL.' ELSE r.error_message END AS error_message,
       r.duration,
       CASE WHEN i.problem IS NOT NULL THEN b.created_at ELSE r.completed_at END AS completed_at,
       i.columns
  FROM batch_items AS i
  JOIN batches AS b ON b.id = i.batch_id
  LEFT JOIN batch_results AS r ON r.batch_id = i.batch_id AND r.row_number = i.row_number;
