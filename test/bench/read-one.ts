import { deepStrictEqual } from 'node:assert';
import type { Client } from 'pg';
import { v7 as uuid } from 'uuid';
import { type Figures, takeTurns } from './figures.js';
import { answersPerSecond } from './load.js';
import { ADA, TEST_SECRET } from '../support/accounts.js';
import { getJson, startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';

const LOAD = { connections: 50, seconds: 3, authorization: ADA.bearer };

/** Connections to PostgreSQL of either side; Facet's default. */
const POOL = 20;

/** Requests a second for one analysis, Facet and bare Fastify each in a process of its own on the same PostgreSQL. */
export async function readOneBenchmark(bench: Workbench): Promise<Figures> {
  const { database, ...servers } = await startGround(bench);
  const id = await insertAnalysis(database);
  const settings = { ...servers, ROLE: 'api', DATABASE_POOL_SIZE: String(POOL) };
  const product = await startProduct(bench, settings);
  const bare = bench.partner('bare-read.ts');
  const { url } = await bare.ask<{ url: string }>({
    connectionString: servers.DATABASE_URL,
    max: POOL,
    secret: TEST_SECRET,
  });
  const [ours, theirs] = [`${product.url}/api/v1/results/${id}`, `${url}/results/${id}`];
  // A faster answer only counts when it is the same.
  deepStrictEqual(await getJson(ours), await getJson(theirs));
  const turns = await takeTurns(
    36,
    () => answersPerSecond(bench, ours, LOAD),
    () => answersPerSecond(bench, theirs, LOAD),
  );
  return {
    name: 'read-one',
    unit: 'requests/s',
    ...turns,
    reference_name: 'bare Fastify, JWT, one query',
    ratio: turns.ours / turns.reference,
  };
}

/** A finished analysis of a photograph with a sign on it and a thumbnail. */
async function insertAnalysis(database: Client): Promise<string> {
  const id = uuid();
  await database.query(
    `INSERT INTO analyses (id, owner_id, file_type, filename, media_type, size_bytes, sha256, storage_key, features, options,
                           status, job_id, attempts, progress, results, processing_time, started_at, completed_at)
     VALUES ($1, '${ADA.id}', 'image', 'holiday.jpg', 'image/jpeg', 482133, repeat('0f', 32), $4, $2, '{}', 'completed', $5,
             1, 100, $3, 0.482, now(), now())`,
    [id, Object.keys(RESULTS), JSON.stringify(RESULTS), `abc/${id}/source`, id],
  );
  await database.query(
    `INSERT INTO files (id, owner_id, subject_kind, subject_id, name, media_type, size_bytes, storage_key, state)
     VALUES (gen_random_uuid(), '${ADA.id}', 'analysis', $1, 'source', 'image/jpeg', 482133, $2, 'stored'),
            (gen_random_uuid(), '${ADA.id}', 'analysis', $1, 'thumbnail.jpg', 'image/jpeg', 8431, $3, 'stored')`,
    [id, `abc/${id}/source`, `abc/${id}/attempt-1/thumbnail.jpg`],
  );
  return id;
}

const WORDS = 'Mind the gap between the train and the platform edge'.split(' ');

const RESULTS = {
  image: { width: 4000, height: 3000, format: 'jpeg', color_space: 'srgb', channels: 3, has_alpha: false, frames: 1 },
  exif: { make: 'Maker', model: 'Model 1', exposure_time: 0.004, f_number: 2.8, iso: 100, focal_length: 35 },
  colors: {
    dominant: ['#1e2a3c', '#a0b4c8', '#d2c8b4', '#5a6e46', '#f0f0f0'].map((hex) => ({ hex, share: 0.2 })),
    average: '#7f8c8d',
  },
  quality: { sharpness: 812.44, brightness: 121.7, contrast: 54.32, entropy: 7.41 },
  hash: { dhash: 'c4d4e4f0e1a38f07', phash: '9f3ac07a5a1e6b45' },
  text: {
    content: WORDS.join(' '),
    confidence: 0.93,
    words: WORDS.map((text, index) => ({
      text,
      confidence: 0.93,
      box: { x: 812 + 90 * index, y: 1204, width: 80, height: 41 },
    })),
  },
  codes: [{ format: 'qrcode', text: 'https://example.com/', box: { x: 120, y: 2400, width: 310, height: 310 } }],
};
