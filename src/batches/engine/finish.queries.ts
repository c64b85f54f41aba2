import type { Pool } from 'pg';
import type { BatchStatus } from '../batches.entity.js';
import type { Ending, OpenChunk, Row } from './row.js';

export interface Finished {
  readonly row: Row;
  readonly ending: Ending;
}

/** A batch of which rows have just ended. */
export interface Advanced {
  readonly id: string;
  readonly upload_id: string;
  readonly status: BatchStatus;
}

/** What has become of rows that were written. */
export interface Written {
  /** Batches that have come further. */
  readonly advanced: readonly Advanced[];
  /** Chunks whose rows were taken; the others are somebody else's, or nobody wants them any more. */
  readonly welcome: ReadonlySet<OpenChunk>;
}

/**
 * One statement for all rows that have ended since the last: results, the chunks' and batches' numbers, failures by class
 * and host, where answers are found again. Rows of a chunk that is not leased by this worker with this attempt any more,
 * or whose batch does not want them, are left out; a row that has a result keeps it and is not counted again.
 */
const FINISH = `
WITH chunk AS MATERIALIZED (
  SELECT * FROM unnest($2::uuid[], $3::int[], $4::int[], $17::boolean[]) WITH ORDINALITY
                    AS c (batch_id, number, attempt, done, place)
), ended AS MATERIALIZED (
  SELECT * FROM unnest($5::int[], $6::int[], $7::smallint[], $8::boolean[], $9::real[], $10::text[], $11::text[], $12::text[], $13::json[])
             AS e (place, row_number, attempts, cached, duration, error_class, error_message, host, result)
), wanted AS MATERIALIZED (
  SELECT b.id, b.upload_id, b.first_row, u.chunk_size
    FROM batches AS b JOIN batch_uploads AS u ON u.id = b.upload_id
   WHERE b.id = ANY ($2::uuid[]) AND b.status IN ('queued', 'processing', 'paused')
   ORDER BY b.id FOR NO KEY UPDATE OF b
), mine AS MATERIALIZED (
  SELECT chunk.place, chunk.done, c.batch_id, c.number
    FROM wanted JOIN chunk ON chunk.batch_id = wanted.id
    JOIN batch_chunks AS c ON (c.batch_id, c.number) = (chunk.batch_id, chunk.number)
   WHERE c.worker_id = $1 AND c.attempt = chunk.attempt
   ORDER BY c.batch_id, c.number FOR NO KEY UPDATE OF c
), kept AS (
  INSERT INTO batch_results (batch_id, row_number, attempts, cached, duration, error_class, error_message, host, result)
  SELECT ($2::uuid[])[place] AS batch_id, row_number, attempts, cached, duration, error_class, error_message, host, result
    FROM ended WHERE place = ANY (ARRAY(SELECT place FROM mine)) ORDER BY 1, 2
  ON CONFLICT DO NOTHING
  RETURNING batch_id, row_number, error_class, host
), counted AS MATERIALIZED (
  SELECT batch_id, number, mine.done, sums.rows, sums.failed, sums.numbers
    FROM (SELECT kept.batch_id, (row_number - first_row) / chunk_size + 1 AS number,
                 count(*)::int AS rows, count(error_class)::int AS failed,
                 array_agg(row_number::text) AS numbers
            FROM kept JOIN wanted ON wanted.id = kept.batch_id GROUP BY 1, 2) AS sums
    JOIN mine USING (batch_id, number)
), chunks AS (
  UPDATE batch_chunks AS c
     SET pending = c.pending - counted.rows, succeeded = c.succeeded + counted.rows - counted.failed,
         failed = c.failed + counted.failed,
         -- Their calls stand in their results now, and so do those of all others when the last row has ended.
         calls = CASE WHEN c.pending > counted.rows THEN nullif(c.calls - counted.numbers, '{}') END,
         worker_id = CASE WHEN c.pending > counted.rows AND NOT counted.done THEN c.worker_id END
    FROM counted WHERE (c.batch_id, c.number) = (counted.batch_id, counted.number)
), advanced AS (
  UPDATE batches AS b
     SET pending = b.pending - n.rows, succeeded = b.succeeded + n.rows - n.failed, failed = b.failed + n.failed,
         started_at = coalesce(b.started_at, now()),
         status = CASE WHEN b.pending > n.rows THEN CASE b.status WHEN 'queued' THEN 'processing' ELSE b.status END
                       WHEN b.succeeded + n.rows > n.failed THEN 'completed' ELSE 'failed' END,
         completed_at = CASE WHEN b.pending > n.rows THEN NULL ELSE now() END,
         rate_before = CASE minute.number - b.rate_minute WHEN 0 THEN b.rate_before WHEN 1 THEN b.rate_now ELSE 0 END,
         rate_now = CASE WHEN b.rate_minute = minute.number THEN b.rate_now ELSE 0 END + n.rows,
         rate_minute = minute.number
    FROM (SELECT batch_id, sum(rows)::int AS rows, sum(failed)::int AS failed FROM counted GROUP BY 1) AS n,
         (SELECT floor(extract(epoch FROM now()) / 60)::int AS number) AS minute
   WHERE b.id = n.batch_id
  RETURNING b.id, b.upload_id, b.status
), failures AS (
  SELECT scope.id AS scope_id, named.dimension, named.name, count(*)::int AS failed
    FROM kept JOIN wanted ON wanted.id = kept.batch_id
   CROSS JOIN LATERAL (VALUES (kept.batch_id), (wanted.upload_id)) AS scope (id)
   CROSS JOIN LATERAL (VALUES ('class', kept.error_class), ('host', kept.host)) AS named (dimension, name)
   WHERE kept.error_class IS NOT NULL AND named.name IS NOT NULL GROUP BY 1, 2, 3
), summed AS (
  INSERT INTO batch_failures AS f (scope_id, dimension, name, failed)
  SELECT scope_id, dimension, bounded.name, sum(failed)
    FROM failures CROSS JOIN LATERAL (
      SELECT CASE WHEN dimension = 'class' OR EXISTS (SELECT FROM batch_failures AS known WHERE (known.scope_id, known.dimension, known.name) = (failures.scope_id, 'host', failures.name))
                    OR (SELECT count(*) FROM batch_failures AS known WHERE known.scope_id = failures.scope_id AND known.dimension = 'host') < 100
             THEN name ELSE '(others)' END AS name) AS bounded
   GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (scope_id, dimension, name) DO UPDATE SET failed = f.failed + excluded.failed
), found_again AS (
  INSERT INTO batch_cache (key, batch_id, row_number)
  SELECT key, ($2::uuid[])[place], row_number
    FROM unnest($14::uuid[], $15::int[], $16::int[]) AS k (key, place, row_number)
   WHERE place = ANY (ARRAY(SELECT place FROM mine))
)
SELECT ARRAY(SELECT place FROM mine)::int[] AS mine,
       coalesce((SELECT json_agg(json_build_object('id', id, 'upload_id', upload_id, 'status', status)) FROM advanced), '[]') AS advanced`;

/** Each row has its first result and looks for none before it, which is cheaper. */
const FINISH_FIRST = FINISH.replace('ON CONFLICT DO NOTHING\n', '');

/** SQLSTATE of a row that has a result. */
const HAS_RESULT = '23505';

/** Writes how rows ended, as one. Saying it twice does no harm. */
export async function finishRows(db: Pool, workerId: string, finished: readonly Finished[]): Promise<Written> {
  const chunks = [...new Set(finished.map(({ row }) => row.chunk))];
  const places = new Map<OpenChunk, number>(chunks.map((chunk, index) => [chunk, index + 1]));
  const values = [
    workerId,
    literal(chunks.map(({ batchId }) => batchId)),
    literal(chunks.map(({ number }) => number)),
    literal(chunks.map(({ attempt }) => attempt)),
    ...columnsOf(finished, places),
    literal(chunks.map((chunk) => isDone(chunk, finished))),
  ];
  const { mine, advanced } = await finish(db, values);
  return { advanced, welcome: new Set(mine.flatMap((place) => chunks[place - 1] ?? [])) };
}

interface FinishAnswer {
  readonly mine: number[];
  readonly advanced: Advanced[];
}

/** Only what is said again, because its answer was lost, finds results that are there already. */
async function finish(db: Pool, values: unknown[]): Promise<FinishAnswer> {
  const ask = (name: string, text: string) => db.query<FinishAnswer>({ name, text, values });
  const answer = await ask('batch-finish-first', FINISH_FIRST).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === HAS_RESULT) return ask('batch-finish', FINISH);
    throw error;
  });
  return answer.rows[0] ?? { mine: [], advanced: [] };
}

/** Row by row into literals of arrays: $5 to $16. */
function columnsOf(finished: readonly Finished[], places: ReadonlyMap<OpenChunk, number>): string[] {
  const columns: (string | number | boolean)[][] = Array.from({ length: 12 }, () => []);
  const [place, number, attempts, cached, duration, errorClass, message, host, result, key, keyPlace, keyNumber] =
    columns as Twelve;
  // Arrays that are shorter than the others are filled up with NULL, and most rows do not fail.
  const failed = finished.some(({ ending }) => ending.failure);
  for (const { row, ending } of finished) {
    const at = places.get(row.chunk) ?? 0;
    place.push(at);
    number.push(row.rowNumber);
    attempts.push(ending.attempts);
    cached.push(ending.cached);
    duration.push(ending.duration);
    result.push(ending.result === null ? 'NULL' : quoted(ending.result));
    if (failed) {
      const { failure } = ending;
      errorClass.push(failure ? failure.class : 'NULL');
      message.push(failure ? quoted(failure.message.replaceAll('\0', '')) : 'NULL');
      host.push(failure ? quoted(row.host) : 'NULL');
    }
    for (const one of ending.keys) {
      key.push(one);
      keyPlace.push(at);
      keyNumber.push(row.rowNumber);
    }
  }
  return columns.map(literal);
}

type Column = (string | number | boolean)[];
type Twelve = [Column, Column, Column, Column, Column, Column, Column, Column, Column, Column, Column, Column];

/** An array as PostgreSQL writes it, of elements that need no quotes or have them. */
const literal = (elements: readonly (string | number | boolean)[]): string => `{${elements.join(',')}}`;

const quoted = (text: string): string => `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;

/** No row of it is left to this worker. A retry may have given it others meanwhile: they are for whoever takes it next. */
const isDone = (chunk: OpenChunk, finished: readonly Finished[]): boolean =>
  chunk.left === 0 && chunk.unsaved === finished.filter(({ row }) => row.chunk === chunk).length;
