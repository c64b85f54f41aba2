import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from '../support/client.js';
import type { Ground } from '../support/facet.js';

/** Paths of all files and folders below a folder that stands for something: the shards of storage may stay empty. */
async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
}

/** All that uploads and analyses have left on disk. */
export async function filesOf({ dataDirectory }: Ground): Promise<string[]> {
  const [temporary, kept] = await Promise.all([
    readdir(join(dataDirectory, 'tmp')).catch(() => []),
    filesBelow(join(dataDirectory, 'files')),
  ]);
  return [...temporary, ...kept];
}

export async function countRows({ database }: Ground): Promise<number> {
  const { rows } = await database.query('SELECT count(*)::int AS analyses FROM analyses');
  return rows[0].analyses;
}

/** That the answer is a refusal with this code in the one error body, under the id of its request. */
export function expectRefusal({ status, headers, body }: Answer, expected: number, code: string): void {
  expect({ status, body }).toEqual({
    status: expected,
    body: {
      error: {
        code,
        message: expect.any(String),
        details: body.error?.details ?? null,
        request_id: expect.any(String),
      },
    },
  });
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('x-request-id')).toBe(body.error.request_id);
}
