import { send } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { dial, exchange, MULTIPART, multipart, requestHead } from './raw-http.js';
import { countRows, expectRefusal, filesOf } from './traces.js';

let ground: Ground;
let facet: Facet;
let picture: Buffer;
let other: Buffer;
let rows = 0;

beforeAll(async () => {
  ground = await buildGround();
  picture = await solid(40, 30, '#336699').png().toBuffer();
  other = await solid(40, 30, '#996633').png().toBuffer();
  // Nothing is consumed, so that what was accepted can be counted.
  facet = await startFacet(ground, { ROLE: 'api' });
});

beforeEach(async () => {
  rows = await countRows(ground);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const sendOnce = (key: string, file = picture, fields: Record<string, string> = {}, filename = 'a.png') =>
  send(facet.url, file, { filename, fields, headers: { 'Idempotency-Key': key } });

const expectNewRows = async (expected: number) => {
  expect((await countRows(ground)) - rows).toBe(expected);
  expect(await filesOf(ground)).toHaveLength(rows + expected);
};

it('answers the same request again as it did at first', async () => {
  const first = await sendOnce('again');
  expect(first.status).toBe(202);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  await sendOnce('between', other);

  const second = await sendOnce('again');
  expect(second.status).toBe(202);
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('location')).toBe(first.headers.get('location'));
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  await expectNewRows(2);
});

it('takes requests without a key each for itself', async () => {
  const answers = [await send(facet.url, picture), await send(facet.url, picture)];
  expect(new Set(answers.map(({ body }) => body.analysis_id)).size).toBe(2);
  await expectNewRows(2);
});

it('refuses a key that comes with another request', async () => {
  await sendOnce('reused', picture, { features: 'colors' });
  for (const answer of [
    await sendOnce('reused', other, { features: 'colors' }),
    await sendOnce('reused', picture, { features: 'image' }),
    await sendOnce('reused', picture, {}),
    await sendOnce('reused', picture, { features: 'colors' }, 'b.png'),
  ]) {
    expectRefusal(answer, 422, 'idempotency_key_reused');
  }
  expect((await sendOnce('reused', picture, { features: 'colors' })).headers.get('idempotent-replayed')).toBe('true');
  await expectNewRows(1);
});

it('takes the same request for the same, however it is put', async () => {
  await sendOnce('put', picture, { features: 'colors,image' });
  const answer = await sendOnce('put', picture, { features: ' image, colors', file_type: 'image', options: '{}' });
  expect(answer.headers.get('idempotent-replayed')).toBe('true');
  await expectNewRows(1);
});

it('does the work of ten concurrent requests with one key once', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => sendOnce('race')));
  const accepted = answers.filter(({ status }) => status === 202);
  const refused = answers.filter(({ status }) => status !== 202);
  expect(accepted.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1);
  expect(new Set(accepted.map(({ body }) => body.analysis_id)).size).toBe(1);
  for (const answer of refused) {
    expectRefusal(answer, 409, 'idempotency_key_in_use');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await expectNewRows(1);
});

const slowly = async (key: string) => {
  const body = multipart({ name: 'file', filename: 'a.png', content: picture });
  const line = await dial(facet.url);
  await line.write(
    requestHead('POST', '/api/v1/analyze', {
      'Content-Type': MULTIPART,
      'Content-Length': body.length,
      'Idempotency-Key': key,
    }),
  );
  await line.write(body.subarray(0, 100));
  return { line, rest: body.subarray(100) };
};

/** Waits until the key is held by a request that is under way, or by none. */
const keyIs = (key: string, held: boolean) =>
  eventually(
    () => ground.database.query('SELECT 1 FROM idempotency_keys WHERE key = $1 AND answer IS NULL', [key]),
    ({ rowCount }) => (rowCount === 1) === held,
    10,
  );

it('tells a second request to wait while the first is still being sent', async () => {
  const { line, rest } = await slowly('slow');
  await keyIs('slow', true);
  expectRefusal(await sendOnce('slow'), 409, 'idempotency_key_in_use');
  await line.write(rest);
  const first = await line.answer();
  line.socket.destroy();
  const second = await sendOnce('slow');
  expect(second.body).toEqual(first.body);
  await expectNewRows(1);
});

it('frees the key of a request that was refused', async () => {
  expectRefusal(await sendOnce('refused', Buffer.alloc(0)), 422, 'file_empty');
  expectRefusal(await sendOnce('refused', Buffer.from([0, 1, 2, 3])), 415, 'unsupported_file_type');
  expectRefusal(await sendOnce('refused', picture, { features: 'smell' }), 422, 'validation_failed');
  const answer = await sendOnce('refused');
  expect(answer.status).toBe(202);
  expect(answer.headers.has('idempotent-replayed')).toBe(false);
  await expectNewRows(1);
});

it('frees the key of a request that broke off', async () => {
  const { line } = await slowly('broken');
  await keyIs('broken', true);
  line.socket.resetAndDestroy();
  await keyIs('broken', false);
  expect((await sendOnce('broken')).status).toBe(202);
  await expectNewRows(1);
});

it('keeps a key for a day', async () => {
  const first = await sendOnce('aged');
  await ground.database.query(
    `UPDATE idempotency_keys SET created_at = now() - interval '23 hours 59 minutes' WHERE key = 'aged'`,
  );
  expect((await sendOnce('aged')).body).toEqual(first.body);
  await ground.database.query(
    `UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 minute' WHERE key = 'aged'`,
  );
  expect((await sendOnce('aged', other)).status).toBe(202);
  await expectNewRows(2);
});

it('takes over the key of a process that died', async () => {
  await ground.database.query(
    `INSERT INTO idempotency_keys (key, route, token, locked_until)
     VALUES ('orphan', 'POST /analyze', gen_random_uuid(), now() - interval '1 second')`,
  );
  expect((await sendOnce('orphan')).status).toBe(202);
  await expectNewRows(1);
});

it.each([
  ['an empty one', ''],
  ['one with a space', 'a b'],
  ['one beyond ASCII', 'schl\u00fcssel'],
  ['one of 256 characters', 'k'.repeat(256)],
])('refuses a bad key: %s', async (_case, key) => {
  const body = multipart({ name: 'file', filename: 'a.png', content: picture });
  const answer = await exchange(
    facet.url,
    Buffer.from(
      requestHead('POST', '/api/v1/analyze', {
        'Content-Type': MULTIPART,
        'Content-Length': body.length,
        'Idempotency-Key': key,
      }),
      'latin1',
    ),
    body,
  );
  expectRefusal(answer, 422, 'validation_failed');
  expect(answer.body.error.details.fields[0].field).toBe('Idempotency-Key');
  await expectNewRows(0);
});

it('takes a key of 255 characters', async () => {
  expect((await sendOnce('k'.repeat(255))).status).toBe(202);
});
