import type { Person } from '../accounts.js';
import { type Answer, signedIn } from '../client.js';

export interface Submission {
  /** Ada unless somebody else is named; null for somebody who is not signed in. */
  readonly as?: Person | null;
  readonly filename?: string;
  readonly headers?: Record<string, string>;
  readonly fields?: Record<string, string>;
  /** Fields that come behind the file. */
  readonly after?: Record<string, string>;
}

/** Sends a CSV to `POST /api/v1/batches`. */
export async function submit(url: string, csv: string | Buffer, submission: Submission = {}): Promise<Answer> {
  const { filename = 'urls.csv', fields = {}, after = {} } = submission;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([typeof csv === 'string' ? csv : new Uint8Array(csv)]), filename);
  for (const [name, value] of Object.entries(after)) form.append(name, value);
  const response = await fetch(`${url}/api/v1/batches`, { method: 'POST', headers: signedIn(submission), body: form });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}

/** A CSV with so many URLs, each different, and a column besides. */
export const csvOf = (rows: number, host = 'images.example.com'): string =>
  `url,title\n${Array.from({ length: rows }, (_row, index) => `https://${host}/${index + 1}.jpg,Picture ${index + 1}\n`).join('')}`;
