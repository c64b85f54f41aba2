import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually, type Ground } from '../support/facet.js';
import { processes } from './processes.js';

type Place = Pick<Ground, 'databaseUrl' | 'dataDirectory'>;

interface Row {
  readonly id: string;
  readonly status: string;
  readonly storage_key: string;
  readonly has_results: boolean;
  readonly error_code: string | null;
  readonly files: { name: string; storage_key: string; size_bytes: number }[];
}

/**
 * The one truth after every fault: each accepted analysis has come to exactly one end, the files are those that the
 * tables name, the totals are what counting would give, and nobody is at work any more.
 */
export async function expectNothingLost(place: Place, accepted: readonly string[], seconds = 60): Promise<void> {
  await eventually(
    () => unfinished(place, accepted),
    (found) => found.length === 0,
    seconds,
  );
  // What is removed after an end is removed within moments.
  const faults = await eventually(
    () => faultsOf(place, accepted),
    (found) => found.length === 0,
    10,
  ).catch(() => faultsOf(place, accepted));
  expect(faults).toEqual([]);
}

async function unfinished(place: Place, accepted: readonly string[]): Promise<string[]> {
  const rows = await rowsOf(place);
  const ended = rows.filter(({ status }) => ['completed', 'failed', 'cancelled'].includes(status)).map(({ id }) => id);
  return [...new Set([...accepted, ...rows.map(({ id }) => id)])].filter((id) => !ended.includes(id));
}

async function faultsOf(place: Place, accepted: readonly string[]): Promise<string[]> {
  const rows = await rowsOf(place);
  return [
    ...accepted.filter((id) => !rows.some((row) => row.id === id)).map((id) => `lost: ${id}`),
    ...rows.flatMap(faultsOfRow),
    ...(await faultsOfFiles(place, rows)),
    ...(await faultsOfTotals(place)),
    ...(await ask<{ fault: string }>(place, LEFTOVERS)).map(({ fault }) => fault),
    ...(await readdir(join(place.dataDirectory, 'tmp')).catch(() => [])).map((name) => `left in tmp: ${name}`),
    ...processes()
      .filter(({ command }) => command.includes(`${place.dataDirectory}/`) && !command.includes('postgres'))
      .map(({ command }) => `still at work: ${command}`),
  ];
}

function faultsOfRow({ id, status, has_results, error_code, storage_key, files }: Row): string[] {
  const faults = [];
  if (has_results !== (status === 'completed')) faults.push(`${id} is ${status}, results: ${has_results}`);
  if ((error_code !== null) !== (status === 'failed')) faults.push(`${id} is ${status}, error: ${error_code}`);
  if (files.filter(({ name }) => name === 'source').some((source) => source.storage_key !== storage_key)) {
    faults.push(`${id} names another source than its file`);
  }
  if (files.length > 1 && status !== 'completed') faults.push(`${id} is ${status} and has artifacts`);
  return faults;
}

async function faultsOfFiles({ dataDirectory }: Place, rows: readonly Row[]): Promise<string[]> {
  const root = join(dataDirectory, 'files');
  const wanted = new Map(
    rows.flatMap((row) => [
      [row.storage_key, undefined] as const,
      ...row.files.map(({ storage_key, size_bytes }) => [storage_key, size_bytes] as const),
    ]),
  );
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const found = new Map<string, number>();
  for (const path of files) found.set(path.slice(root.length + 1), (await stat(path)).size);
  return [
    ...[...found.keys()].filter((key) => !wanted.has(key)).map((key) => `nobody's file: ${key}`),
    ...[...wanted]
      .filter(([key, size]) => !found.has(key) || (size ?? found.get(key)) !== found.get(key))
      .map(([key]) => `missing or cut: ${key}`),
  ];
}

const LEFTOVERS = `SELECT state || ': ' || storage_key AS fault FROM files WHERE state <> 'stored'`;

/** @returns the groups whose running totals are not what counting gives. */
async function faultsOfTotals(place: Place): Promise<string[]> {
  const rows = await ask<{ difference: string }>(
    place,
    `WITH counted AS (
       SELECT owner_id, date_trunc('hour', created_at, 'UTC') AS hour, file_type, status, count(*) AS analyses,
              coalesce(sum(processing_time), 0) AS processing_time
         FROM analyses GROUP BY 1, 2, 3, 4),
     kept AS (SELECT owner_id, hour, file_type, status, analyses, processing_time FROM analysis_totals WHERE analyses <> 0 OR processing_time <> 0)
     SELECT 'total: ' || (d.*)::text AS difference
       FROM ((TABLE counted EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE counted)) AS d`,
  );
  return rows.map(({ difference }) => difference);
}

const rowsOf = (place: Place): Promise<Row[]> =>
  ask(
    place,
    `SELECT id, status, storage_key, results IS NOT NULL AS has_results, error_code,
            (SELECT coalesce(json_agg(json_build_object('name', f.name, 'storage_key', f.storage_key, 'size_bytes', f.size_bytes)), '[]')
               FROM files AS f WHERE f.subject_kind = 'analysis' AND f.subject_id = a.id AND f.state = 'stored') AS files
       FROM analyses AS a`,
  );

/** Asks the database over a connection of its own, since servers come and go in these tests. */
export async function ask<T>(
  { databaseUrl }: Pick<Ground, 'databaseUrl'>,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as T[];
  } finally {
    await client.end();
  }
}
