import type { Client } from 'pg';
import { ADA } from '../support/accounts.js';

export const ROWS = 1_000_000;

/** A name that a hundred rows carry; `photo` is in every third. */
export const RARE = 'jubilee';

/**
 * A million analyses of one owner over the last ninety days: three file types, one status in ten not `completed`, small results. The
 * triggers keep the totals as they do in operation. The indexes are made after the rows, which is a matter of time only.
 */
export const insertMillion = (database: Client): Promise<void> => insertAnalyses(database, ROWS);

/** As many of the same. */
export async function insertAnalyses(database: Client, rows: number): Promise<void> {
  const { rows: indexes } = await database.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
       FROM pg_index WHERE indrelid = 'analyses'::regclass AND NOT indisprimary`,
  );
  await database.query(`SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'`);
  await database.query(indexes.map(({ name }) => `DROP INDEX ${name}`).join(';'));
  await database.query(INSERT, [rows]);
  await database.query(indexes.map(({ definition }) => definition).join(';'));
  await database.query('VACUUM (ANALYZE) analyses');
  await database.query('VACUUM (ANALYZE) analysis_totals');
}

const INSERT = `
  INSERT INTO analyses (id, owner_id, file_type, filename, media_type, size_bytes, sha256, storage_key, features, options, status,
                        job_id, attempts, progress, worker_id, results, error_code, error_message, processing_time,
                        created_at, queued_at, started_at, completed_at)
  SELECT id, '${ADA.id}', file_type, filename, media_type, 100000 + n % 900000, repeat('0f', 32), 'abc/' || id || '/source',
         '{image,exif,colors}', '{}', status, id, 1, CASE status WHEN 'completed' THEN 100 ELSE 0 END,
         CASE status WHEN 'processing' THEN gen_random_uuid() END,
         CASE status WHEN 'completed' THEN '{"image":{"width":4000,"height":3000,"format":"jpeg"}}'::json END,
         CASE status WHEN 'failed' THEN 'image_unreadable' END, CASE status WHEN 'failed' THEN 'It is damaged.' END,
         CASE WHEN status IN ('completed', 'failed') THEN (n % 5000) / 1000.0 END,
         created_at, created_at, CASE WHEN status <> 'queued' THEN created_at END,
         CASE WHEN status IN ('completed', 'failed', 'cancelled') THEN created_at + interval '1 second' END
    FROM (SELECT n, gen_random_uuid() AS id,
                 (ARRAY['image', 'video', 'document'])[1 + n % 3] AS file_type,
                 (ARRAY['image/jpeg', 'video/mp4', 'application/pdf'])[1 + n % 3] AS media_type,
                 CASE WHEN n % 10000 = 7 THEN '${RARE}-' ELSE '' END ||
                   (ARRAY['photo', 'clip', 'report'])[1 + n % 3] || '-' || md5(n::text) ||
                   (ARRAY['.jpg', '.mp4', '.pdf'])[1 + n % 3] AS filename,
                 CASE WHEN n % 1000 = 1 THEN 'queued' WHEN n % 1000 = 2 THEN 'processing'
                      WHEN n % 100 = 3 THEN 'cancelled' WHEN n % 12 = 4 THEN 'failed' ELSE 'completed' END AS status,
                 now() - interval '90 days' * (n::float8 / $1) AS created_at
            FROM generate_series(1, $1::int) AS n) AS rows`;
