import { v7 as uuid } from 'uuid';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildGround, eventually, type Ground } from '../support/facet.js';
import { startTrialWorker, type TrialWorker } from '../support/jobs/start-trial-worker.js';
import { type Behaviour, TRIAL_TABLES } from '../support/jobs/trial.kind.js';

// What the job core promises to any kind, shown by one that exists only in tests.
jest.setTimeout(120_000);

let ground: Ground;
let worker: TrialWorker;

beforeAll(async () => {
  ground = await buildGround();
  await ground.database.query(TRIAL_TABLES);
  worker = await startTrialWorker(ground);
});

afterAll(async () => {
  await worker.remove();
  await ground.remove();
});

async function insert(behaviour: Behaviour, id = uuid()): Promise<string> {
  const sql = 'INSERT INTO trials (id, job_id, behaviour) VALUES ($1::uuid, $1::uuid::text, $2)';
  await ground.database.query(sql, [id, behaviour]);
  return id;
}

const rowOf = async (id: string) => (await ground.database.query('SELECT * FROM trials WHERE id = $1', [id])).rows[0];

const ended = async (behaviour: Behaviour) => {
  const id = await insert(behaviour);
  return eventually(
    () => rowOf(id),
    ({ completed_at }) => completed_at !== null,
  );
};

const resultsOf = async (id: string): Promise<number> =>
  (await ground.database.query('SELECT FROM trial_results WHERE id = $1', [id])).rows.length;

/** What hooks and listeners have noted of a job, in the order in which they did. */
const factsOf = async (id: string): Promise<string[]> =>
  (await ground.database.query('SELECT fact FROM trial_facts WHERE id = $1 ORDER BY number', [id])).rows.map(
    ({ fact }) => fact as string,
  );

it('completes a job, stores its result, and forgets what was only needed to do it', async () => {
  const row = await ended('succeed');
  expect(row).toMatchObject({ status: 'completed', attempts: 1, crashes: 0, progress: 100, secret: null });
  expect(await resultsOf(row.id)).toBe(1);
});

it('tries again what failed, later each time, as often as its kind wants', async () => {
  expect(await ended('fail')).toMatchObject({
    status: 'failed',
    attempts: 3,
    crashes: 0,
    error_code: 'trial_failed',
    error_message: 'Attempt 3 failed.',
  });
});

it('tries no more what can never succeed', async () => {
  expect(await ended('fail for good')).toMatchObject({ status: 'failed', attempts: 1, error_code: 'trial_failed' });
});

it('puts off what cannot be done now, and counts nothing against it', async () => {
  expect(await ended('postpone')).toMatchObject({ status: 'completed', attempts: 2, crashes: 0, error_message: null });
});

it('fails what crashes as often as it may', async () => {
  expect(await ended('crash')).toMatchObject({
    status: 'failed',
    attempts: 3,
    crashes: 3,
    error_code: 'trial_crashed',
  });
});

it('ends what takes too long', async () => {
  expect(await ended('outlast')).toMatchObject({ status: 'failed', attempts: 3, error_code: 'timed_out' });
});

it('counts a result that cannot be stored as a crash, and writes the others', async () => {
  const ids = [await insert('succeed'), await insert('break the store'), await insert('succeed')];
  const rows = await eventually(
    () => Promise.all(ids.map(rowOf)),
    (all) => all.every(({ completed_at }) => completed_at !== null),
  );
  expect(rows.map(({ status, crashes }) => ({ status, crashes }))).toEqual([
    { status: 'completed', crashes: 0 },
    { status: 'failed', crashes: 3 },
    { status: 'completed', crashes: 0 },
  ]);
  expect(await resultsOf(ids[1]!)).toBe(0);
});

it('calls hooks in the transaction of the end, and tells each change at least once, in order', async () => {
  const id = await insert('postpone');
  const changes = ['processing', 'queued', 'processing', 'completed'].map((status) => `delivered: ${status}`);
  const facts = await eventually(
    () => factsOf(id),
    (found) => found.at(-1) === changes.at(-1),
  );
  expect(facts.filter((fact) => fact.startsWith('ended'))).toEqual(['ended: completed']);
  const delivered = facts.filter((fact) => fact.startsWith('delivered'));
  expect(delivered.filter((fact, index) => fact !== delivered[index - 1])).toEqual(changes);
  await eventually(
    () => ground.database.query('SELECT FROM outbox'),
    ({ rows }) => rows.length === 0,
  );
});

it('delivers again what a listener has refused', async () => {
  const { rows } = await ground.database.query(
    'SELECT fact FROM trial_facts GROUP BY id, fact HAVING count(*) > 1 ORDER BY min(number) LIMIT 1',
  );
  expect(rows).toEqual([{ fact: 'delivered: processing' }]);
});

it('works off more jobs than there are announcements, each once', async () => {
  const count = 500;
  await ground.database.query(
    `INSERT INTO trials (id, job_id) SELECT id, id::text FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $1)) AS t`,
    [count],
  );
  const { rows } = await eventually(
    () =>
      ground.database.query(
        `SELECT status, max(attempts) AS attempts FROM trials WHERE behaviour = 'succeed' GROUP BY 1`,
      ),
    (found) => found.rows.every(({ status }) => status === 'completed'),
  );
  expect(rows).toEqual([{ status: 'completed', attempts: 1 }]);
  const twice = await ground.database.query('SELECT id FROM trial_results GROUP BY id HAVING count(*) > 1');
  expect(twice.rows).toEqual([]);
});

it('leaves no folder of an attempt behind', async () => {
  expect(await readdir(join(ground.dataDirectory, 'tmp')).catch(() => [])).toEqual([]);
});

it('shows open jobs of every kind in one view', async () => {
  await ground.database.query('UPDATE trial_control SET held = true');
  const id = await insert('succeed');
  const open = () => ground.database.query('SELECT kind, status, attempts, worker_id FROM jobs WHERE id = $1', [id]);
  const { rows } = await eventually(open, (found) => found.rows[0]?.status === 'processing');
  expect(rows).toEqual([{ kind: 'trials', status: 'processing', attempts: 1, worker_id: expect.any(String) }]);
  await ground.database.query('UPDATE trial_control SET held = false');
  await eventually(open, (found) => found.rows.length === 0);
});
