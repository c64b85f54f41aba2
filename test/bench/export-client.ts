import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { ADA } from '../support/accounts.js';

/** Asks for an export, gives its bytes to whoever looks at them, and resolves when all have come. */
export async function readExport(url: string, format: string, look: (piece: Buffer) => void): Promise<void> {
  const request = get(`${url}/api/v1/results/export?format=${format}`, { headers: { Authorization: ADA.bearer } });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`The export was answered with ${answer.statusCode}`);
  answer.on('data', look);
  await once(answer, 'end');
}

/** The columns of the export as a table and its order, for those who read the same rows by themselves. */
export const SAME_ROWS = `
  SELECT id, file_type, filename, media_type, size_bytes, sha256, status, progress, job_id, attempts,
         array_to_string(features, ',') AS features, results, error_code, error_message,
         processing_time::float8 AS processing_time, created_at, started_at, completed_at
    FROM analyses WHERE owner_id = '${ADA.id}' ORDER BY owner_id DESC, created_at DESC, id DESC`;
