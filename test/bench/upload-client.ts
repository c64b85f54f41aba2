import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { ADA } from '../support/accounts.js';
import { serveRequests } from './workbench.js';

export interface UploadQuestion {
  readonly url: string;
  /** The file to send, read once before the time counts. */
  readonly path: string;
  readonly uploads: number;
}

export interface UploadAnswer {
  /** From the first byte that is sent to the last answer. */
  readonly seconds: number;
  readonly statuses: (number | undefined)[];
  readonly bodies: string[];
}

const BOUNDARY = '----formdata-undici-051794530417';
const HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
const TAIL = `\r\n--${BOUNDARY}--\r\n`;

/** Bytes that are handed to a socket at once. */
const CHUNK = 262_144;

let body: Buffer | undefined;

serveRequests(async ({ url, path, uploads }: UploadQuestion): Promise<UploadAnswer> => {
  const bytes = (body ??= Buffer.concat([Buffer.from(HEAD), await readFile(path), Buffer.from(TAIL)]));
  const start = performance.now();
  const answers = await Promise.all(Array.from({ length: uploads }, () => send(url, bytes)));
  return {
    seconds: (performance.now() - start) / 1000,
    statuses: answers.map(({ status }) => status),
    bodies: answers.map((answer) => answer.body),
  };
});

async function send(url: string, bytes: Buffer): Promise<{ status: number | undefined; body: string }> {
  const upload = request(url, {
    method: 'POST',
    agent: false,
    headers: {
      Authorization: ADA.bearer,
      'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
      'Content-Length': bytes.length,
    },
  });
  const answered = once(upload, 'response');
  // A server that refuses closes the connection: its answer is what counts.
  answered.catch(() => undefined);
  for (let start = 0; start < bytes.length; start += CHUNK) {
    if (!upload.write(bytes.subarray(start, start + CHUNK))) await once(upload, 'drain');
  }
  upload.end();
  const [response] = (await answered) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}
