import type { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import type { Finished } from '../../../src/batches/engine/finish.queries.js';
import { claimChunks, type ClaimedChunk, openRows } from '../../../src/batches/engine/lease.queries.js';
import { insertWorker } from '../../../src/jobs/workers/worker.queries.js';
import { type Ending, OpenChunk } from '../../../src/batches/engine/row.js';

/** A worker that does by hand what others do by themselves. */
export async function hire(pool: Pool): Promise<string> {
  const id = uuid();
  await insertWorker(pool, id, 'worker', 60);
  return id;
}

export const take = (pool: Pool, workerId: string, limit = 100): Promise<ClaimedChunk[]> =>
  claimChunks(pool, workerId, { rows: new Map(), excluded: [] }, limit);

export const success: Ending = {
  attempts: 1,
  cached: false,
  duration: 0.5,
  result: '{"label":"cat"}',
  failure: null,
  keys: [],
};

/** Rows of claimed chunks with their ends. */
export async function ended(
  pool: Pool,
  claimed: readonly ClaimedChunk[],
  ending: (rowNumber: number) => Ending = () => success,
): Promise<Finished[]> {
  const chunks = claimed.map(
    ({ batch_id, number, attempt, upload_id: uploadId, owner_id: ownerId, analyzer, features, options }) =>
      new OpenChunk(batch_id, number, attempt, { uploadId, ownerId, analyzer, features, options }),
  );
  return (await openRows(pool, claimed)).flatMap(({ numbers, urls }, place) =>
    numbers.map((rowNumber, index) => {
      const chunk = chunks[place]!;
      chunk.unsaved += 1;
      const url = urls[index]!;
      const row = { chunk, rowNumber, url, host: 'images.example.com', key: null, tries: 1, waitingSince: null };
      return { row, ending: ending(rowNumber) };
    }),
  );
}
