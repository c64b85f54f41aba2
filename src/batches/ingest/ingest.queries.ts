import type { EntityManager } from 'typeorm';
import type { BatchAnalyzer, BatchStatus } from '../batches.entity.js';
import type { Part } from './rows/summary.js';

export interface UploadRow {
  readonly id: string;
  readonly owner_id: string;
  readonly name: string;
  readonly analyzer: BatchAnalyzer;
  readonly features: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly columns: readonly string[];
  readonly chunk_size: number;
  readonly total_urls: number;
  readonly invalid_urls: number;
  readonly duplicate_urls: number;
  readonly total_split_batches: number;
}

export async function insertUpload(db: EntityManager, row: UploadRow): Promise<void> {
  await db.query(
    `INSERT INTO batch_uploads (id, owner_id, name, analyzer, features, options, columns, chunk_size, total_urls,
                                invalid_urls, duplicate_urls, total_split_batches)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[row.id, row.owner_id, row.name, row.analyzer, row.features, JSON.stringify(row.options), row.columns],
      ...[row.chunk_size, row.total_urls, row.invalid_urls, row.duplicate_urls, row.total_split_batches],
    ],
  );
}

export interface PartRow {
  readonly batch_id: string;
  readonly batch_name: string;
  readonly batch_sequence: number;
  readonly total_urls: number;
  readonly status: BatchStatus;
}

/** The parts of an upload in their order. One alone has the plain name; one without a usable URL has ended at once. */
export async function insertBatches(
  db: EntityManager,
  uploadId: string,
  parts: readonly Part[],
  status: 'queued' | 'paused',
): Promise<PartRow[]> {
  return db.query<PartRow[]>(
    `INSERT INTO batches (id, upload_id, owner_id, name, sequence, status, first_row, total_urls, pending, failed, completed_at)
     SELECT part.id, u.id, u.owner_id,
            CASE u.total_split_batches WHEN 1 THEN u.name ELSE format('%s_Part%sof%s', u.name, part.sequence, u.total_split_batches) END,
            part.sequence, CASE WHEN part.invalid = part.total THEN 'failed' ELSE $5 END,
            1 + sum(part.total) OVER (ORDER BY part.sequence) - part.total, part.total, part.total - part.invalid, part.invalid,
            CASE WHEN part.invalid = part.total THEN now() END
       FROM unnest($2::uuid[], $3::int[], $4::int[]) WITH ORDINALITY AS part (id, total, invalid, sequence)
       JOIN batch_uploads AS u ON u.id = $1
      ORDER BY part.sequence
     RETURNING id AS batch_id, name AS batch_name, sequence AS batch_sequence, total_urls, status`,
    [uploadId, parts.map(({ id }) => id), parts.map(({ rows }) => rows), parts.map(({ invalid }) => invalid), status],
  );
}

/** Every batch in chunks of the upload's size; rows without a usable URL are counted where they are, as failed. */
export async function insertChunks(db: EntityManager, uploadId: string): Promise<void> {
  await db.query(
    `INSERT INTO batch_chunks (batch_id, number, first_row, last_row, pending, failed)
     SELECT b.id, chunk.number, chunk.first_row, chunk.last_row,
            chunk.last_row - chunk.first_row + 1 - coalesce(unusable.count, 0), coalesce(unusable.count, 0)
       FROM batches AS b
       JOIN batch_uploads AS u ON u.id = b.upload_id
      CROSS JOIN LATERAL (
            SELECT number, b.first_row + (number - 1) * u.chunk_size AS first_row,
                   least(b.first_row + number * u.chunk_size, b.first_row + b.total_urls) - 1 AS last_row
              FROM generate_series(1, (b.total_urls + u.chunk_size - 1) / u.chunk_size) AS number) AS chunk
       LEFT JOIN LATERAL (
            SELECT count(*)::int AS count FROM batch_items AS i
             WHERE b.failed > 0 AND i.batch_id = b.id AND i.row_number BETWEEN chunk.first_row AND chunk.last_row
               AND i.problem IS NOT NULL) AS unusable ON true
      WHERE b.upload_id = $1`,
    [uploadId],
  );
}

/** Rows without a usable URL among the failures of each batch and of the upload. */
export async function insertFailures(db: EntityManager, uploadId: string): Promise<void> {
  await db.query(
    `INSERT INTO batch_failures (scope_id, dimension, name, failed)
     SELECT id, 'class', 'invalid_url', failed FROM batches WHERE upload_id = $1 AND failed > 0
      UNION ALL
     SELECT id, 'class', 'invalid_url', invalid_urls FROM batch_uploads WHERE id = $1 AND invalid_urls > 0`,
    [uploadId],
  );
}
