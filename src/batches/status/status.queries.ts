import type { EntityManager } from 'typeorm';
import type { BatchAnalyzer, BatchStatus } from '../batches.entity.js';

/**
 * Rows that ended in the last minute: those of this minute, and of the minute before the share that lies in the window.
 * A batch that began in that minute has spread them over what was left of it.
 */
const RECENT = `
  CASE WHEN b.rate_minute < floor(extract(epoch FROM now()) / 60) - 1 THEN 0
       ELSE (CASE WHEN b.rate_minute = floor(extract(epoch FROM now()) / 60) THEN b.rate_now ELSE 0 END
             + CASE WHEN b.rate_minute = floor(extract(epoch FROM now()) / 60) THEN b.rate_before ELSE b.rate_now END
               * (SELECT (ends - greatest(begins, extract(epoch FROM now()) - 60)) / (ends - begins)
                    FROM (SELECT floor(extract(epoch FROM now()) / 60) * 60 AS ends,
                                 least(greatest(extract(epoch FROM b.started_at), floor(extract(epoch FROM now()) / 60) * 60 - 60),
                                       floor(extract(epoch FROM now()) / 60) * 60 - 0.001) AS begins) AS minute))
  END`;

const FAILURES = (scope: string) => `
  (SELECT coalesce(json_agg(json_build_object('class', name, 'count', failed) ORDER BY failed DESC, name), '[]')
     FROM batch_failures WHERE scope_id = ${scope} AND dimension = 'class' AND failed > 0) AS errors,
  (SELECT coalesce(json_agg(json_build_object('host', name, 'failed', failed) ORDER BY failed DESC, name), '[]')
     FROM (SELECT name, failed FROM batch_failures WHERE scope_id = ${scope} AND dimension = 'host' AND failed > 0
            ORDER BY failed DESC, name LIMIT 20) AS worst) AS hosts`;

/** What is kept of how far work is, of a batch or of a whole upload. */
export interface Numbers {
  readonly status: BatchStatus;
  readonly total_urls: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly pending: number;
  readonly cancelled: number;
  /** Rows that ended in the last minute. */
  readonly recent: number;
  /** Pending rows of what is not paused: they come to their end at that rate. */
  readonly ahead: number;
  /** Seconds since the start; null before. */
  readonly running: number | null;
}

export interface BatchRow extends Numbers {
  readonly batch_id: string;
  readonly batch_name: string;
  readonly parent_batch_id: string;
  readonly batch_sequence: number;
  readonly total_split_batches: number;
  readonly analyzer: BatchAnalyzer;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  readonly errors: { class: string; count: number }[];
  readonly hosts: { host: string; failed: number }[];
}

/** Columns of a `BatchRow`; `b` is the batch, `u` its upload. */
export const BATCH_NUMBERS = `
  b.id AS batch_id, b.name AS batch_name, b.upload_id AS parent_batch_id, b.sequence AS batch_sequence,
  u.total_split_batches, b.status, u.analyzer, b.total_urls, b.succeeded, b.failed,
  CASE WHEN b.status = 'cancelled' THEN 0 ELSE b.pending END AS pending,
  CASE WHEN b.status = 'cancelled' THEN b.pending ELSE 0 END AS cancelled,
  (${RECENT})::float8 AS recent, b.pending AS ahead, extract(epoch FROM now() - b.started_at)::float8 AS running,
  b.created_at, b.started_at, b.completed_at,${FAILURES('b.id')}`;

/** @param ownerId null for whoever's. */
export async function batchRow(db: EntityManager, ownerId: string | null, id: string): Promise<BatchRow | null> {
  const [row] = await db.query<[BatchRow?]>(
    `SELECT ${BATCH_NUMBERS} FROM batches AS b JOIN batch_uploads AS u ON u.id = b.upload_id
      WHERE b.id = $1 AND ($2::uuid IS NULL OR b.owner_id = $2)`,
    [id, ownerId],
  );
  return row ?? null;
}

/** One part as it stands in the list of its upload. */
export interface PartRow {
  readonly batch_id: string;
  readonly batch_name: string;
  readonly batch_sequence: number;
  readonly status: BatchStatus;
  readonly total_urls: number;
  readonly processed: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface UploadRow extends Numbers {
  readonly parent_batch_id: string;
  readonly batch_name: string;
  readonly total_split_batches: number;
  readonly analyzer: BatchAnalyzer;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  readonly errors: { class: string; count: number }[];
  readonly hosts: { host: string; failed: number }[];
  readonly batches: PartRow[];
}

/** An upload is as far as the least far of its parts; ended, it is what most became of it. */
const UPLOAD = `
SELECT u.id AS parent_batch_id, u.name AS batch_name, u.total_split_batches, u.analyzer,
       CASE WHEN n.processing > 0 OR (n.queued > 0 AND n.started_at IS NOT NULL) THEN 'processing'
            WHEN n.queued > 0 THEN 'queued' WHEN n.paused > 0 THEN 'paused' WHEN n.cancelled_parts > 0 THEN 'cancelled'
            WHEN n.succeeded > 0 THEN 'completed' ELSE 'failed' END AS status,
       n.total_urls, n.succeeded, n.failed, n.pending, n.cancelled, n.recent, n.ahead,
       extract(epoch FROM now() - n.started_at)::float8 AS running, u.created_at, n.started_at,
       CASE WHEN n.processing + n.queued + n.paused = 0 THEN n.completed_at END AS completed_at,
       n.batches, ${FAILURES('u.id')}
  FROM batch_uploads AS u CROSS JOIN LATERAL (
    SELECT sum(b.total_urls)::int AS total_urls, sum(b.succeeded)::int AS succeeded, sum(b.failed)::int AS failed,
           coalesce(sum(b.pending) FILTER (WHERE b.status <> 'cancelled'), 0)::int AS pending,
           coalesce(sum(b.pending) FILTER (WHERE b.status = 'cancelled'), 0)::int AS cancelled,
           coalesce(sum(b.pending) FILTER (WHERE b.status IN ('queued', 'processing')), 0)::int AS ahead,
           sum(${RECENT})::float8 AS recent, min(b.started_at) AS started_at, max(b.completed_at) AS completed_at,
           count(*) FILTER (WHERE b.status = 'processing') AS processing, count(*) FILTER (WHERE b.status = 'queued') AS queued,
           count(*) FILTER (WHERE b.status = 'paused') AS paused, count(*) FILTER (WHERE b.status = 'cancelled') AS cancelled_parts,
           json_agg(json_build_object('batch_id', b.id, 'batch_name', b.name, 'batch_sequence', b.sequence, 'status', b.status,
                                      'total_urls', b.total_urls, 'processed', b.succeeded + b.failed, 'succeeded', b.succeeded,
                                      'failed', b.failed) ORDER BY b.sequence) AS batches
      FROM batches AS b WHERE b.upload_id = u.id) AS n
 WHERE u.id = $1 AND ($2::uuid IS NULL OR u.owner_id = $2) AND n.batches IS NOT NULL`;

/** @param ownerId null for whoever's. */
export async function uploadRow(db: EntityManager, ownerId: string | null, id: string): Promise<UploadRow | null> {
  const [row] = await db.query<[UploadRow?]>(UPLOAD, [id, ownerId]);
  return row ?? null;
}
