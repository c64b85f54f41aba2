import { Client } from 'pg';
import { eventually, type Ground } from '../facet.js';
import type { AiServer } from './ai-server.js';

type Place = Pick<Ground, 'databaseUrl'>;

/** Each question's answer is how many faults of that kind there are. */
const FAULTS: Readonly<Record<string, string>> = {
  'rows without exactly one final state': `
    SELECT count(*) FROM batch_item_states AS s WHERE s.status NOT IN ('succeeded', 'failed', 'cancelled')`,
  'rows that were lost': `
    SELECT sum(b.total_urls) - (SELECT count(*) FROM batch_items JOIN batches ON id = batch_id) FROM batches AS b`,
  'results of no row': `
    SELECT count(*) FROM batch_results AS r WHERE NOT EXISTS
      (SELECT FROM batch_items AS i WHERE i.batch_id = r.batch_id AND i.row_number = r.row_number AND i.problem IS NULL)`,
  'results without an answer, or failures with one': `
    SELECT count(*) FROM batch_results WHERE (result IS NULL) <> (error_class IS NOT NULL)`,
  'batches with wrong numbers': `
    SELECT count(*) FROM batches AS b CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE s.status = 'succeeded') AS succeeded, count(*) FILTER (WHERE s.status = 'failed') AS failed,
             count(*) FILTER (WHERE s.status NOT IN ('succeeded', 'failed')) AS pending
        FROM batch_item_states AS s WHERE s.batch_id = b.id) AS n
     WHERE (b.succeeded, b.failed, b.pending) <> (n.succeeded, n.failed, n.pending)`,
  'chunks with wrong numbers': `
    SELECT count(*) FROM batch_chunks AS c CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE s.status = 'succeeded') AS succeeded, count(*) FILTER (WHERE s.status = 'failed') AS failed
        FROM batch_item_states AS s WHERE s.batch_id = c.batch_id AND s.row_number BETWEEN c.first_row AND c.last_row) AS n
     WHERE (c.succeeded, c.failed) <> (n.succeeded, n.failed)`,
  'failures that are counted wrongly by class': `
    SELECT count(*) FROM
      (SELECT scope_id, name, failed::bigint FROM batch_failures WHERE dimension = 'class' AND failed <> 0) AS kept
      FULL JOIN (SELECT scope.id AS scope_id, error_class AS name, count(*) AS failed
                   FROM batch_item_states AS s CROSS JOIN LATERAL (VALUES (batch_id), (upload_id)) AS scope (id)
                  WHERE error_class IS NOT NULL GROUP BY 1, 2) AS counted USING (scope_id, name)
     WHERE kept.failed IS DISTINCT FROM counted.failed`,
  'failures that are counted wrongly by host': `
    SELECT count(*) FROM
      (SELECT scope_id, sum(failed) AS failed FROM batch_failures WHERE dimension = 'host' GROUP BY 1) AS kept
      FULL JOIN (SELECT scope.id AS scope_id, count(*) AS failed
                   FROM batch_results AS r JOIN batches AS b ON b.id = r.batch_id
                  CROSS JOIN LATERAL (VALUES (b.id), (b.upload_id)) AS scope (id)
                  WHERE error_class IS NOT NULL GROUP BY 1) AS counted USING (scope_id)
     WHERE coalesce(kept.failed, 0) <> coalesce(counted.failed, 0)`,
  'chunks that somebody still holds': `SELECT count(*) FROM batch_chunks WHERE worker_id IS NOT NULL`,
};

/**
 * The one truth after everything: each accepted row has come to exactly one end, all numbers are what counting gives,
 * nobody holds anything any more.
 */
export async function expectWhole(place: Place, seconds = 60): Promise<void> {
  await eventually(
    () => ask(place, `SELECT count(*) FROM batches WHERE status NOT IN ('completed', 'failed', 'cancelled')`),
    (open) => open === 0,
    seconds,
  );
  const faults = () => faultsOf(place);
  // What is given back after an end is given back within moments.
  const found = await eventually(faults, (some) => Object.keys(some).length === 0, 10).catch(faults);
  expect(found).toEqual({});
}

/**
 * Rows were asked for at most so often, and none after its end was written.
 * @param times of one run of a row
 */
export async function expectCallsBounded(place: Place, ai: AiServer, times: number): Promise<void> {
  const often = [...ai.timesByKey()].filter(([, seen]) => seen > times);
  expect(often).toEqual([]);
  const ended = new Map<string, number>();
  for (const { key, at } of await rowsOf<{ key: string; at: Date }>(
    place,
    `SELECT batch_id || '-' || row_number AS key, completed_at AS at FROM batch_results`,
  )) {
    ended.set(key, at.getTime());
  }
  const late = ai.calls.filter(({ idempotency_key, at }) => at > (ended.get(idempotency_key) ?? Infinity) + 1);
  expect(late).toEqual([]);
  expect([...ended.keys()].filter((key) => !ai.timesByKey().has(key))).toEqual([]);
}

async function faultsOf(place: Place): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [fault, question] of Object.entries(FAULTS)) {
    const count = await ask(place, question);
    if (count !== 0) found[fault] = count;
  }
  return found;
}

async function ask(place: Place, question: string): Promise<number> {
  const [row] = await rowsOf<Record<string, string | null>>(place, question);
  return Number(Object.values(row ?? {})[0] ?? 0);
}

/** Over a connection of its own, since servers come and go in tests of faults. */
async function rowsOf<Row>({ databaseUrl }: Place, question: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(question)).rows as Row[];
  } finally {
    await client.end();
  }
}
