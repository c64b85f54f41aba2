import { createHash } from 'node:crypto';
import { ADA } from '../support/accounts.js';
import type { Ground } from '../support/facet.js';

/** What a test says of an analysis that it puts into the table by itself. */
export interface RowTruth {
  readonly id: string;
  readonly file_type: 'image' | 'video' | 'document';
  readonly status: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
  readonly filename: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly created_at: string;
  /** Seconds. */
  readonly processing_time: number | null;
  readonly results?: unknown;
  /** Ada's when left out; null for a row from before there were accounts. */
  readonly owner_id?: string | null;
}

/** An id that says nothing of the time when its row was made; the same for the same seed. */
export function idOf(seed: number | string): string {
  const hex = createHash('sha256').update(String(seed)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A row of which only what matters is told. */
export const buildRow = (seed: number | string, truth: Partial<RowTruth> = {}): RowTruth => ({
  id: idOf(seed),
  file_type: 'image',
  status: 'completed',
  filename: 'a.png',
  created_at: '2025-03-30T12:00:00.000Z',
  processing_time: truth.status === undefined || truth.status === 'completed' ? 1 : null,
  ...truth,
});

/** A worker that lives for the time of any test: what it holds is not taken back. */
export const LIVING_WORKER = '01997b5e-0000-7000-8000-000000000001';

export async function insertLivingWorker({ database }: Ground): Promise<void> {
  await database.query(
    `INSERT INTO workers (id, lease_until) VALUES ($1, now() + interval '1 day') ON CONFLICT DO NOTHING`,
    [LIVING_WORKER],
  );
}

export async function insertRows(ground: Ground, rows: readonly RowTruth[]): Promise<void> {
  const { database } = ground;
  await insertLivingWorker(ground);
  await database.query(
    `INSERT INTO analyses (id, owner_id, file_type, filename, media_type, size_bytes, sha256, storage_key, features,
                           options, status, job_id, worker_id, progress, results, error_code, error_message,
                           processing_time, created_at, queued_at, completed_at)
     SELECT id, owner_id, file_type, filename, 'image/png', 1, repeat('0', 64), 'none', '{}', '{}', status, id::text,
            CASE status WHEN 'processing' THEN $2::uuid END,
            CASE status WHEN 'completed' THEN 100 ELSE 0 END,
            results, CASE status WHEN 'failed' THEN 'image_unreadable' END,
            CASE status WHEN 'failed' THEN 'The image is damaged or incomplete.' END,
            processing_time, created_at, created_at,
            CASE WHEN status NOT IN ('queued', 'processing') THEN created_at END
       FROM json_to_recordset($1) AS row (id uuid, owner_id uuid, file_type text, filename text, status text,
                                          processing_time numeric, results json, created_at timestamptz)`,
    [JSON.stringify(rows.map((row) => ({ owner_id: ADA.id, ...row }))), LIVING_WORKER],
  );
}

/** Puts files of an analysis into the table, whose bytes are nowhere unless the test lays them under the key. */
export async function insertArtifacts(
  { database }: Ground,
  analysisId: string,
  artifacts: readonly { name: string; media_type: string; size_bytes: number; storage_key?: string }[],
): Promise<void> {
  await database.query(
    `INSERT INTO files (id, subject_kind, subject_id, name, media_type, size_bytes, storage_key, state)
     SELECT gen_random_uuid(), 'analysis', $1, name, media_type, size_bytes, coalesce(storage_key, 'none'), 'stored'
       FROM json_to_recordset($2) AS row (name text, media_type text, size_bytes bigint, storage_key text)`,
    [analysisId, JSON.stringify(artifacts)],
  );
}

/** A seeded generator of numbers from 0 to 1 (mulberry32): the same rows on every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
