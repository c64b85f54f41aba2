import { basename } from 'node:path';
import { openAsBlob } from 'node:fs';
import { ADA, type Person } from './accounts.js';
import { eventually } from './facet.js';

/** An answer with its body already read: JSON as a value, everything else as text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into bodies of every shape; what they find is asserted.
  readonly body: any;
}

const read = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
};

/** Who speaks: Ada unless somebody else is named; null for somebody who is not signed in. */
interface Speaking {
  readonly as?: Person | null;
  readonly headers?: Record<string, string>;
}

/** Headers under which the speaker is known. */
export const signedIn = ({ as = ADA, headers = {} }: Speaking = {}): Record<string, string> =>
  as ? { Authorization: as.bearer, ...headers } : headers;

interface Calling extends Speaking {
  readonly method?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
}

/** Asks as a program would. */
export async function call(url: string, path: string, calling: Calling = {}): Promise<Answer> {
  const { method = 'GET', json } = calling;
  const headers = signedIn(calling);
  if (json === undefined) return read(await fetch(url + path, { method, headers }));
  const body = JSON.stringify(json);
  return read(await fetch(url + path, { method, headers: { 'Content-Type': 'application/json', ...headers }, body }));
}

export interface Sending extends Speaking {
  readonly filename?: string;
  readonly fields?: Record<string, string>;
}

/** Sends bytes, or a file by its path, to `POST /api/v1/analyze`. */
export async function send(url: string, file: Buffer | string, sending: Sending = {}): Promise<Answer> {
  const { filename, fields = {} } = sending;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const blob = typeof file === 'string' ? await openAsBlob(file) : new Blob([new Uint8Array(file)]);
  form.set('file', blob, filename ?? (typeof file === 'string' ? basename(file) : 'file'));
  return read(await fetch(`${url}/api/v1/analyze`, { method: 'POST', headers: signedIn(sending), body: form }));
}

const FINAL = ['completed', 'failed', 'cancelled'];

/** The row once its analysis has come to an end. */
export async function ended(url: string, id: string, seconds = 60): Promise<Answer['body']> {
  const { body } = await eventually(
    () => call(url, `/api/v1/results/${id}`),
    ({ body }) => FINAL.includes(body.status),
    seconds,
    true,
  );
  return body;
}

/** Sends a file and waits for its end. */
export async function analyze(url: string, file: Buffer | string, sending: Sending = {}): Promise<Answer['body']> {
  const { status, body } = await send(url, file, sending);
  if (status !== 202) throw new Error(`Refused: ${JSON.stringify(body)}`);
  return ended(url, body.analysis_id);
}
