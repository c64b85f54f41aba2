import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import type { ClaimedJob, JobKind } from '../../../src/jobs/job.kind.js';
import { saveProcessingTime, saveResults } from '../../../src/analysis/analysis.queries.js';
import { claimJobs, finishJobs, type JobOutcome } from '../../../src/jobs/job.queries.js';
import { lostJobs, rescueJobs } from '../../../src/jobs/rescue.queries.js';
import { insertWorker, removeWorker } from '../../../src/jobs/workers/worker.queries.js';
import { buildGround } from '../facet.js';

export const MAX_CRASHES = 3;

/** Analyses, whose totals hang on the statements; only what the statements read of a kind matters here. */
export const kind = {
  name: 'analyses',
  table: 'analyses',
  columns: 'file_type',
  event: 'analysis',
  clearsOnRestart: ['processing_time'],
  maxCrashes: MAX_CRASHES,
  poison: { code: 'analyzer_crashed', message: 'It crashed.' },
} as unknown as JobKind;

/** A database of its own, and what a worker does in it, by hand. */
export interface JobsByHand {
  readonly source: DataSource;
  readonly db: EntityManager;
  readonly pool: Pool;
  /** Inserts a job that is due. */
  build(): Promise<string>;
  /** Enters a worker that lives. */
  hire(): Promise<string>;
  claimed(workerId: string): Promise<ClaimedJob>;
  finish(one: JobOutcome): Promise<boolean>;
  /** Removes a worker and takes back what it held. Returns the ids of that. */
  lose(workerId: string): Promise<string[]>;
  /** Writes what the kind itself writes at the end of a job. */
  saveResults(id: string, results: string): Promise<void>;
  saveProcessingTime(id: string, seconds: number): Promise<void>;
  rowOf(id: string): Promise<Record<string, unknown>>;
  clear(): Promise<void>;
  remove(): Promise<void>;
}

export async function buildJobsByHand(): Promise<JobsByHand> {
  const ground = await buildGround();
  const source = await new DataSource({ type: 'postgres', url: ground.databaseUrl, poolSize: 10 }).initialize();
  const db = source.manager;
  const pool = new Pool({ connectionString: ground.databaseUrl });
  return {
    source,
    db,
    pool,
    build: async () => {
      const id = randomUUID();
      await db.query(
        `INSERT INTO analyses (id, file_type, filename, media_type, size_bytes, sha256, storage_key, features, options, status, job_id)
         VALUES ($1::uuid, 'image', 'a.png', 'image/png', 1, repeat('0', 64), 'x', '{image}', '{}', 'queued', $1::uuid::text)`,
        [id],
      );
      return id;
    },
    saveResults: (id, results) => saveResults(db, id, results),
    saveProcessingTime: (id, seconds) => saveProcessingTime(db, id, seconds),
    hire: async () => {
      const id = randomUUID();
      await insertWorker(pool, id, 'worker', 60);
      return id;
    },
    claimed: async (workerId) => {
      const [job] = await claimJobs(pool, kind, workerId, 1);
      if (!job) throw new Error('There was none to claim.');
      return job;
    },
    finish: async (one) => (await finishJobs(db, kind, [one])).has(one.id),
    lose: async (workerId) => {
      await removeWorker(pool, workerId);
      const rescued = await rescueJobs(db, kind, await lostJobs(pool, kind, 100));
      return rescued.map(({ id }) => id);
    },
    rowOf: async (id) => {
      const [row] = await db.query<[Record<string, unknown>]>('SELECT * FROM analyses WHERE id = $1', [id]);
      return row;
    },
    clear: () => db.query('DELETE FROM analyses; DELETE FROM workers; DELETE FROM outbox'),
    remove: async () => {
      await pool.end();
      await source.destroy();
      await ground.remove();
    },
  };
}

export const outcome = (
  { id, attempt }: Pick<ClaimedJob, 'id' | 'attempt'>,
  status: JobOutcome['status'],
  changes: Partial<JobOutcome> = {},
): JobOutcome => ({
  id,
  attempt,
  status,
  progress: 0,
  crashed: false,
  delaySeconds: null,
  error_code: status === 'failed' ? 'image_unreadable' : null,
  error_message: null,
  ...changes,
});
