import { dial, type Line, MULTIPART, MULTIPART_END, partHead, requestHead } from '../../e2e/raw-http.js';
import { csvOf } from './submit.js';

export interface OpenUpload {
  readonly line: Line;
  /** What is left to send. */
  readonly rest: Buffer;
}

/** Begins to send a CSV that is too large to be held back, and leaves it open. */
export async function openUpload(url: string): Promise<OpenUpload> {
  const csv = csvOf(40_000);
  const head = partHead({ name: 'file', filename: 'urls.csv' });
  const line = await dial(url);
  const length = head.length + csv.length + MULTIPART_END.length;
  await line.write(requestHead('POST', '/api/v1/batches', { 'Content-Type': MULTIPART, 'Content-Length': length }));
  await line.write(head);
  await line.write(csv.slice(0, -100_000));
  return { line, rest: Buffer.concat([Buffer.from(csv.slice(-100_000)), MULTIPART_END]) };
}
