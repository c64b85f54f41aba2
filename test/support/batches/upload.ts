import type { Client } from 'pg';
import { v7 as uuid } from 'uuid';
import { ADA } from '../accounts.js';

export interface UploadPlan {
  readonly rows: number;
  /** Rows a part; one part when it is not given. */
  readonly rowsAPart?: number;
  readonly chunkSize?: number;
  readonly name?: string;
  /** Ada unless somebody else is named. */
  readonly ownerId?: string;
  readonly analyzer?: 'external' | 'image';
  readonly features?: readonly string[];
  readonly options?: object;
  readonly status?: 'queued' | 'paused';
  /** SQL of the URL of row n. */
  readonly url?: string;
}

export interface BuiltUpload {
  readonly uploadId: string;
  readonly batchIds: string[];
}

/** Writes an upload into the tables as a CSV would leave it, without the CSV. */
export async function buildUpload(database: Client, plan: UploadPlan): Promise<BuiltUpload> {
  const { rows, rowsAPart = rows, chunkSize = 100, name = 'Upload', ownerId = ADA.id, status = 'queued' } = plan;
  const {
    analyzer = 'external',
    features = [],
    options = {},
    url = `'https://images.example.com/' || n || '.jpg'`,
  } = plan;
  const uploadId = uuid();
  const parts = Math.ceil(rows / rowsAPart);
  const batchIds = Array.from({ length: parts }, () => uuid());
  await database.query('BEGIN');
  await database.query(
    `INSERT INTO batch_items (batch_id, row_number, url)
     SELECT ($1::uuid[])[(n - 1) / $2 + 1], n, ${url} FROM generate_series(1, $3::int) AS n`,
    [batchIds, rowsAPart, rows],
  );
  await database.query(
    `INSERT INTO batch_uploads (id, owner_id, name, analyzer, features, options, chunk_size, total_urls, invalid_urls, duplicate_urls, total_split_batches)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9)`,
    [uploadId, ownerId, name, analyzer, features, options, chunkSize, rows, parts],
  );
  await database.query(
    `INSERT INTO batches (id, upload_id, owner_id, name, sequence, status, first_row, total_urls, pending)
     SELECT id, $2, $3, $4, place, $5, first, rows, rows
       FROM unnest($1::uuid[]) WITH ORDINALITY AS b (id, place)
      CROSS JOIN LATERAL (SELECT (place - 1) * $6 + 1 AS first, least($6, $7 - (place - 1) * $6) AS rows) AS r`,
    [batchIds, uploadId, ownerId, name, status, rowsAPart, rows],
  );
  await database.query(
    `INSERT INTO batch_chunks (batch_id, number, first_row, last_row, pending)
     SELECT b.id, n, b.first_row + (n - 1) * $2, least(b.first_row + n * $2, b.first_row + b.total_urls) - 1,
            least(b.first_row + n * $2, b.first_row + b.total_urls) - (b.first_row + (n - 1) * $2)
       FROM batches AS b CROSS JOIN LATERAL generate_series(1, (b.total_urls + $2 - 1) / $2) AS n WHERE b.upload_id = $1`,
    [uploadId, chunkSize],
  );
  await database.query('COMMIT');
  return { uploadId, batchIds };
}
