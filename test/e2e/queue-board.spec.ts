import Queue from 'bull';
import { v7 as uuid } from 'uuid';
import { ADA, buildKey, buildPerson, type Person } from '../support/accounts.js';
import { buildUpload } from '../support/batches/upload.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildRow, insertRows } from './rows.js';
import { expectRefusal } from './traces.js';

const BOARD = '/admin/queues';

let ground: Ground;
let facet: Facet;
let root: Person;

beforeAll(async () => {
  ground = await buildGround();
  // Nobody works here: what waits goes on waiting.
  facet = await startFacet(ground, { ROLE: 'api' });
  root = await buildPerson(ground.database, 'root', 'admin');
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const JSON_ONLY = { Accept: 'application/json' };

const figures = async () => {
  const { status, headers, body } = await call(facet.url, BOARD, { as: root, headers: JSON_ONLY });
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  return Object.fromEntries(body.items.map(({ name, ...rest }: { name: string }) => [name, rest]));
};

/** The texts of a page's cells by their headings, in the card of a queue. */
const cardOf = (page: string, name: string): string[][] => {
  const [, card = ''] = new RegExp(`<section[^>]* id="${name}"[^>]*>(.*?)</section>`, 's').exec(page) ?? [];
  return [...card.matchAll(/<th[^>]*>\s*(.*?)\s*<\/th>\s*<td>\s*(.*?)\s*<\/td>/gs)].map((row) => row.slice(1));
};

describe('shows', () => {
  it('what waits, is worked on and was given up', async () => {
    const rows = [
      buildRow('waits', { status: 'queued', created_at: '2026-01-03T00:00:00.000Z' }),
      buildRow('waits longest', { status: 'queued', owner_id: root.id, created_at: '2026-01-02T03:04:05.000Z' }),
      buildRow('is worked on', { status: 'processing' }),
      buildRow('is done'),
      buildRow('has failed', { status: 'failed' }),
    ];
    await insertRows(ground, rows);
    const { batchIds } = await buildUpload(ground.database, { rows: 25, chunkSize: 10 });
    await buildUpload(ground.database, { rows: 5, chunkSize: 1, status: 'paused' });
    const worker = uuid();
    await ground.database.query(`INSERT INTO workers (id, lease_until) VALUES ($1, now() + interval '1 hour')`, [
      worker,
    ]);
    await ground.database.query('UPDATE batch_chunks SET worker_id = $1 WHERE batch_id = $2 AND number = 2', [
      worker,
      batchIds[0],
    ]);
    await ground.database.query(
      `INSERT INTO mails (id, job_id, recipient, subject, body, status, progress, worker_id, error_code, completed_at)
       SELECT id, id::text, 'a@b.org', 's', CASE WHEN status IN ('queued', 'processing') THEN 'b' END, status,
              CASE status WHEN 'completed' THEN 100 ELSE 0 END, CASE status WHEN 'processing' THEN $1::uuid END,
              CASE status WHEN 'failed' THEN 'mail_not_sent' END, CASE WHEN status IN ('completed', 'failed') THEN now() END
         FROM (SELECT gen_random_uuid() AS id, status
                 FROM unnest(ARRAY['queued', 'processing', 'failed', 'completed']) AS status) AS mail`,
      [worker],
    );

    const { analyses, mails, 'batch-chunks': chunks } = await figures();
    expect(analyses.rows).toEqual({
      waiting: 2,
      in_progress: 1,
      failed: null,
      oldest_waiting_at: '2026-01-02T03:04:05.000Z',
    });
    expect(chunks.rows).toMatchObject({ waiting: 2, in_progress: 1, failed: null });
    expect(mails.rows).toMatchObject({ waiting: 1, in_progress: 1, failed: 1 });
  });

  it('what Bull knows, paused or not', async () => {
    const queue = new Queue('mails', ground.redisUrl, { prefix: 'facet' });
    try {
      const job = await queue.add({ mailId: uuid() });
      await queue.add({ mailId: uuid() }, { delay: 3_600_000 });
      await queue.add({ mailId: uuid() });
      const told = {
        waiting: 2,
        active: 0,
        delayed: 1,
        failed: 0,
        completed: 0,
        oldest_waiting_at: new Date(job.timestamp).toISOString(),
      };
      expect((await figures()).mails.jobs).toEqual({ ...told, paused: false });
      await queue.pause();
      expect((await figures()).mails.jobs).toEqual({ ...told, paused: true });
      const page = await call(facet.url, BOARD, { as: root });
      expect(cardOf(page.body, 'mails').find(([name]) => name === 'Paused')![1]).toContain('yes');
      await queue.resume();
    } finally {
      await queue.close();
    }
  });

  it('the same on the page as to programs', async () => {
    const { analyses, 'batch-chunks': chunks, mails } = await figures();
    const { body, headers, status } = await call(facet.url, BOARD, { as: root, headers: { Accept: 'text/html' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    for (const [name, { rows, jobs }] of Object.entries({ analyses, 'batch-chunks': chunks, mails })) {
      expect(cardOf(body, name).filter(([heading]) => heading !== 'Oldest waits for')).toEqual([
        ['Waiting', String(rows.waiting)],
        ['In progress', String(rows.in_progress)],
        ...(rows.failed === null ? [] : [['Failed', String(rows.failed)]]),
        ['Waiting', String(jobs.waiting)],
        ['Active', String(jobs.active)],
        ['Delayed', String(jobs.delayed)],
        ['Failed', String(jobs.failed)],
        ['Completed', String(jobs.completed)],
        ['Paused', 'no'],
      ]);
    }
    expect(body).toContain('name="viewport"');
  });
});

describe('answers programs', () => {
  it('of administrators only', async () => {
    const bob = await buildPerson(ground.database, 'bob');
    const key = (person: Person, scopes: string[]) => buildKey(ground.database, person, scopes);
    const status = async (headers: Record<string, string>) =>
      (await call(facet.url, BOARD, { as: null, headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ Authorization: bob.bearer })).toBe(403);
    expect(await status({ Authorization: root.bearer })).toBe(200);
    expect(await status({ 'X-API-Key': await key(root, ['admin']) })).toBe(200);
    expect(await status({ 'X-API-Key': await key(root, ['analyses:read', 'batches:write']) })).toBe(403);
    expect(await status({ 'X-API-Key': await key(bob, ['admin']) })).toBe(403);
  });

  it('with the error body that all refusals have', async () => {
    for (const headers of [JSON_ONLY, {}]) {
      expectRefusal(await call(facet.url, BOARD, { as: null, headers }), 401, 'unauthenticated');
      expectRefusal(await call(facet.url, BOARD, { as: ADA, headers }), 403, 'forbidden');
    }
  });
});
