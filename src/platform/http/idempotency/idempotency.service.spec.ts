import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { buildGround, type Ground } from '../../../../test/support/facet.js';
import { IdempotencyService } from './idempotency.service.js';

let ground: Ground;
let source: DataSource;
let service: IdempotencyService;

beforeAll(async () => {
  ground = await buildGround();
  // One connection, which knows what it has read so far.
  source = await new DataSource({ type: 'postgres', url: ground.databaseUrl, poolSize: 1 }).initialize();
  service = new IdempotencyService(source.manager);
  await source.query(
    `INSERT INTO idempotency_keys (owner_id, key, route, token)
     SELECT CASE WHEN number % 2 = 0 THEN gen_random_uuid() END, 'key ' || number, 'POST /things', gen_random_uuid()
       FROM generate_series(1, 20000) AS number`,
  );
  await source.query('ANALYZE idempotency_keys');
});

afterAll(async () => {
  await source.destroy();
  await ground.remove();
});

/** How often all keys were looked at. */
async function scans(): Promise<number> {
  await source.query('SELECT pg_stat_force_next_flush()');
  const [row] = await source.query<[{ scans: number }]>(
    `SELECT seq_scan::int AS scans FROM pg_stat_user_tables WHERE relname = 'idempotency_keys'`,
  );
  return row.scans;
}

it.each([
  ['an owner', randomUUID()],
  ['nobody', null],
])('finds the key of %s without a look at all others', async (_, ownerId) => {
  const scope = { ownerId, route: 'POST /things', key: 'mine' };
  const before = await scans();

  await service.once<string, string>(scope, async (ticket) => {
    await ticket.settle(source.manager, 'the same', 'done');
    return 'done';
  });
  const again = await service.once<string, string | null>(scope, (ticket) =>
    Promise.resolve(ticket.replay('the same')),
  );
  const refused = service.once({ ...scope, key: 'other' }, () => Promise.reject(new Error('refused')));
  await expect(refused).rejects.toThrow('refused');

  expect(again).toBe('done');
  expect(await scans()).toBe(before);
  expect(await source.query(`SELECT key FROM idempotency_keys WHERE key = 'other'`)).toEqual([]);
});
