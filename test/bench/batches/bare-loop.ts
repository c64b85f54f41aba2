import { Pool } from 'undici';
import { serveRequests } from '../workbench.js';

export interface LoopQuestion {
  readonly url: string;
  readonly rows: number;
  readonly concurrency: number;
}

/** The least that could ask an AI for every row: so many at once, and what it says is thrown away. Answers seconds. */
serveRequests(async ({ url, rows, concurrency }: LoopQuestion) => {
  const pool = new Pool(new URL(url).origin, { connections: concurrency });
  const started = performance.now();
  let next = 1;
  const work = async () => {
    for (let row = next++; row <= rows; row = next++) {
      const { body } = await pool.request({
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          image_url: `https://images.example.com/${row}.jpg`,
          options: {},
          row_number: row,
          idempotency_key: String(row),
        }),
      });
      await body.json();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return { seconds };
});
