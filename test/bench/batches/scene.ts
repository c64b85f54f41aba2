import Bull from 'bull';
import { setTimeout as delay } from 'node:timers/promises';
import { type BuiltUpload, buildUpload, type UploadPlan } from '../../support/batches/upload.js';
import { type Ground, type Product, startGround, startProduct } from '../product.js';
import type { Workbench } from '../workbench.js';
import type { AiAnswer, AiQuestion } from './ai.js';

/** Rows in flight a worker. */
export const CONCURRENCY = 64;

/** Milliseconds between two looks whether all is done. */
const LOOK = 20;

/** An AI, the databases, and workers. */
export interface Scene {
  readonly ground: Ground;
  readonly ai: AiAnswer;
  setLatency(milliseconds: number): Promise<void>;
  worker(): Promise<Product>;
  /** Writes an upload and rings for it; resolves to the seconds until its rows have ended, or so many of them. */
  seconds(plan: UploadPlan, rows?: number): Promise<number>;
  readonly ring: () => Promise<void>;
}

export async function buildScene(bench: Workbench): Promise<Scene> {
  const ground = await startGround(bench);
  const partner = bench.partner('batches/ai.ts');
  const setLatency = (latency: number) => partner.ask<AiAnswer>({ latency } satisfies AiQuestion);
  const ai = await setLatency(0);
  const doorbell = await bench.begin(
    () =>
      Promise.resolve(
        new Bull('batch-chunks', ground.REDIS_URL, { prefix: 'facet', defaultJobOptions: { removeOnComplete: true } }),
      ),
    (queue) => queue.close(),
  );
  const ring = async () => {
    await doorbell.addBulk([{ data: {} }, { data: {} }, { data: {} }, { data: {} }]);
  };
  return {
    ground,
    ai,
    setLatency: async (latency) => {
      await setLatency(latency);
    },
    worker: () => {
      const { DATABASE_URL, REDIS_URL } = ground;
      const settings = { DATABASE_URL, REDIS_URL, ROLE: 'worker', LOG_LEVEL: 'warn', CACHE_TTL: '3600' };
      return startProduct(bench, {
        ...settings,
        API_ENDPOINT_URL: ai.url,
        OUTBOUND_ALLOW: ai.address,
        BATCH_CONCURRENCY: String(CONCURRENCY),
      });
    },
    seconds: async (plan, rows = plan.rows) => {
      const upload = await buildUpload(ground.database, plan);
      await ground.database.query('VACUUM ANALYZE batch_items');
      await ring();
      const started = performance.now();
      await processed(ground, upload, rows);
      return (performance.now() - started) / 1000;
    },
    ring,
  };
}

/** Resolves when so many rows of an upload have ended, all without a failure. */
export async function processed(
  ground: Ground,
  { uploadId }: Pick<BuiltUpload, 'uploadId'>,
  rows: number,
): Promise<void> {
  for (;;) {
    const answer = await ground.database.query<{ succeeded: number; failed: number }>({
      name: 'progress',
      text: 'SELECT sum(succeeded)::int AS succeeded, sum(failed)::int AS failed FROM batches WHERE upload_id = $1',
      values: [uploadId],
    });
    const [numbers] = answer.rows;
    if (numbers && numbers.failed > 0) throw new Error(`${numbers.failed} rows failed`);
    if (numbers && numbers.succeeded >= rows) return;
    await delay(LOOK);
  }
}

let uploads = 0;

/** URLs that no other upload of this run has. */
export const ownUrls = (): string => `'https://images.example.com/${++uploads}/' || n || '.jpg'`;
