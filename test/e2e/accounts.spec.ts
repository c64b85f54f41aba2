import { parseOptions } from '@node-rs/argon2';
import { ADA } from '../support/accounts.js';
import { call } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { mailed } from './mails.js';
import { expectRefusal } from './traces.js';
import { ask, bearer, fieldsAtFault, logIn, me, PASSWORD, register } from './visitors.js';

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

it('leads from the registration over the log-in to the log-out', async () => {
  const registered = await register(facet, 'grace');
  expect(registered.status).toBe(201);
  expect(registered.body).toEqual({
    id: expect.stringMatching(UUID7),
    username: 'grace',
    email: 'grace@example.org',
    role: 'user',
  });
  const { status, body } = await ask(facet, 'login', { email: 'Grace@Example.ORG', password: PASSWORD });
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    refresh_token: expect.stringMatching(/^[\w-]{43}$/),
    token_type: 'Bearer',
    expires_in: 900,
  });
  expect((await me(facet, body.access_token)).body).toEqual(registered.body);
  const other = (await logIn(facet, 'grace')).body;

  const out = await call(facet.url, '/api/v1/auth/logout', { method: 'POST', headers: bearer(body.access_token) });
  expect(out).toMatchObject({ status: 204, body: '' });
  expectRefusal(await me(facet, body.access_token), 401, 'unauthenticated');
  expectRefusal(await ask(facet, 'refresh', { refresh_token: body.refresh_token }), 401, 'refresh_token_invalid');
  // Only that one session.
  expect((await me(facet, other.access_token)).status).toBe(200);
  await mailed(ground, 'grace@example.org', 'Welcome to Facet');
});

it('keeps nothing that lets anybody in', async () => {
  await register(facet, 'secretive');
  const { body } = await logIn(facet, 'secretive');
  const tables = ['users', 'sessions', 'refresh_tokens', 'api_keys', 'password_resets', 'idempotency_keys'];
  for (const table of tables) {
    const { rows } = await ground.database.query(`SELECT t::text AS row FROM ${table} AS t`);
    const text = rows.map(({ row }) => row).join('\n');
    for (const secret of [PASSWORD, body.access_token, body.refresh_token]) expect(text).not.toContain(secret);
  }
  const { rows } = await ground.database.query(`SELECT password_hash FROM users WHERE username = 'secretive'`);
  const { memoryCost, timeCost, parallelism } = parseOptions(rows[0].password_hash);
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$/);
  expect(memoryCost).toBeGreaterThanOrEqual(19_456);
  expect(timeCost).toBeGreaterThanOrEqual(2);
  expect(parallelism).toBe(1);
  expect(JSON.stringify(facet.log)).not.toContain(PASSWORD);
  expect(JSON.stringify(facet.log)).not.toContain(body.refresh_token);
});

it('tells the log of a statement that failed without what was in it', async () => {
  await ground.database.query(`ALTER TABLE users ADD CONSTRAINT unforeseen CHECK (username <> 'unforeseen')`);
  expectRefusal(await register(facet, 'unforeseen'), 500, 'internal_error');
  const [line] = await eventually(
    () => Promise.resolve(facet.log.filter(({ level }) => Number(level) >= 50)),
    (lines) => lines.length > 0,
  );
  expect(line).toMatchObject({ err: { type: 'QueryFailedError', code: '23514', stack: expect.stringMatching(/at /) } });
  expect(JSON.stringify(line)).not.toMatch(/argon2|@example\.org|INSERT/);
});

describe('registers nobody', () => {
  it.each([
    ['username', { username: 'ab' }],
    ['username', { username: 'x'.repeat(51) }],
    ['username', { username: ' padded ' }],
    ['username', { username: 'two  spaces' }],
    ['username', { username: 'a\u200bdmin' }],
    ['username', { username: 'line\nbreak' }],
    ['username', { username: 17 }],
    ['email', { email: 'nobody' }],
    ['email', { email: `${'x'.repeat(60)}@${'y'.repeat(40)}.org` }],
    ['email', { email: 'a@example.org,b@example.org' }],
    ['email', { email: '"a b"@example.org' }],
    ['email', { email: 'a@example.org\r\nBcc: b@example.org' }],
    ['email', { email: ['a@example.org'] }],
    ['password', { password: 'x'.repeat(11) }],
    ['password', { password: 'x'.repeat(129) }],
    ['password', { password: '🦉'.repeat(11) }],
    ['password', { password: '123qweASDzxc' }],
    ['password', { password: 123456789012 }],
    ['password', { password: `\ud800${'x'.repeat(20)}` }],
    ['password', { password: undefined }],
    ['role', { role: 'admin' }],
    ['owner_id', { owner_id: ADA.id }],
    ['id', { id: ADA.id }],
    ['disabled_at', { disabled_at: null }],
  ])('with a wrong %s: %j', async (field, changes) => {
    const answer = await register(facet, 'newcomer', changes);
    expectRefusal(answer, 422, 'validation_failed');
    expect(fieldsAtFault(answer.body)).toEqual([field]);
  });

  it.each([[[]], ['text'], [null], [17]])('with a body that is no object: %j', async (body) => {
    const answer = await ask(facet, 'register', body);
    expect([400, 422]).toContain(answer.status);
  });

  afterAll(async () => {
    const { rows } = await ground.database.query(`SELECT 1 FROM users WHERE username = 'newcomer' OR role = 'admin'`);
    expect(rows).toEqual([]);
  });
});

it.each([
  ['12 characters', 'x1'.repeat(6)],
  ['128 characters', 'x'.repeat(128)],
  ['12 owls', '🦉'.repeat(12)],
  ['spaces alone', ' '.repeat(12)],
  ['a NUL', `nul\0${'x'.repeat(9)}`],
])('takes a password of any kind: %s', async (name, password) => {
  const username = `any ${name}`;
  const email = `any-${name.replaceAll(' ', '-')}@example.org`;
  expect((await register(facet, username, { email, password })).status).toBe(201);
  expect((await ask(facet, 'login', { email, password })).status).toBe(200);
  expectRefusal(await ask(facet, 'login', { email, password: `${password}x` }), 401, 'invalid_credentials');
});

it('takes a password however a keyboard composes it', async () => {
  await register(facet, 'composed', { password: 'caf\u00e9 \ufb01ne \u2126 twelve' });
  expect((await logIn(facet, 'composed', 'cafe\u0301 fine \u03a9 twelve')).status).toBe(200);
});

it('tells that a user name is taken, whatever its case, and never that an address is', async () => {
  const first = await register(facet, 'twice');
  expectRefusal(await register(facet, 'Twice', { email: 'twice-2@example.org' }), 409, 'username_taken');
  // The owner's own name with the owner's own address tells no more.
  expectRefusal(await register(facet, 'TWICE'), 409, 'username_taken');

  const second = await register(facet, 'somebody else', {
    email: 'TWICE@example.org',
    password: 'another long password',
  });
  expect(second.status).toBe(201);
  expect(Object.keys(second.body)).toEqual(Object.keys(first.body));
  expect(second.body).toMatchObject({ username: 'somebody else', email: 'TWICE@example.org', role: 'user' });
  // Nothing was made, and whoever owns the address is told.
  const { rows } = await ground.database.query(`SELECT username FROM users WHERE lower(email) = 'twice@example.org'`);
  expect(rows).toEqual([{ username: 'twice' }]);
  expectRefusal(await logIn(facet, 'twice', 'another long password'), 401, 'invalid_credentials');
  expect((await logIn(facet, 'twice')).status).toBe(200);
  await mailed(ground, 'TWICE@example.org', 'You have an account at Facet');
});

it('makes one account of fifty who want the same name at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      register(facet, index % 2 ? 'wanted' : 'WANTED', { email: `w${index}@example.org` }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
});

it('registers once under an Idempotency-Key', async () => {
  const key = { 'Idempotency-Key': 'registration-1' };
  const request = { username: 'once', email: 'once@example.org', password: PASSWORD };
  const first = await ask(facet, 'register', request, key);
  const second = await ask(facet, 'register', request, key);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  const changed = await ask(facet, 'register', { ...request, password: 'quite another password' }, key);
  expectRefusal(changed, 422, 'idempotency_key_reused');
  // Of somebody else the same key is another.
  const stranger = await ask(
    facet,
    'register',
    { ...request, username: 'stranger', email: 'stranger@example.org' },
    key,
  );
  expect(stranger.status).toBe(201);
});

it('answers the same to who has no account, who is disabled and who errs', async () => {
  await register(facet, 'disabled');
  await register(facet, 'erring');
  await ground.database.query(`UPDATE users SET disabled_at = now() WHERE username = 'disabled'`);
  const answers = [
    await logIn(facet, 'nobody'),
    await logIn(facet, 'disabled'),
    await logIn(facet, 'erring', 'not the right password'),
  ];
  for (const answer of answers) {
    expectRefusal(answer, 401, 'invalid_credentials');
    expect(answer.body.error.message).toBe(answers[0]!.body.error.message);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  }
});

it.each([
  ['one that is there', 'ivan'],
  ['none', 'igor'],
])('counts what is guessed at an account however its address is spelled: %s', async (_which, name) => {
  await register(facet, 'ivan');
  const rest = name.slice(1);
  // PostgreSQL makes an i of a dotted capital I, JavaScript makes two characters of it.
  const spellings = [name, `\0${name}`, `İ${rest}`, ` ${name}`, `I${rest}`, `i\0${rest}`];
  const statuses = [];
  for (const spelling of spellings) statuses.push((await logIn(facet, spelling, 'not the right password')).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});

it.each([
  ['login', { email: 17, password: PASSWORD }, 'email'],
  ['login', { email: 'a'.repeat(101), password: PASSWORD }, 'email'],
  ['login', { email: 'a@example.org', password: 'x'.repeat(1025) }, 'password'],
  ['login', { email: 'a@example.org', password: { $ne: '' } }, 'password'],
  ['login', { email: 'a@example.org', password: PASSWORD, role: 'admin' }, 'role'],
  ['refresh', { refresh_token: ['x'] }, 'refresh_token'],
  ['refresh', {}, 'refresh_token'],
  ['forgot-password', { email: { a: 1 } }, 'email'],
  ['reset-password', { token: 'x', password: 'short' }, 'password'],
])('refuses what is no request to %s: %j', async (route, json, field) => {
  const answer = await ask(facet, route, json);
  expectRefusal(answer, 422, 'validation_failed');
  expect(fieldsAtFault(answer.body)).toEqual([field]);
});

it('takes an address with NUL for one that nobody has, and SQL for an address', async () => {
  for (const email of ['a\0b@example.org', `' OR 1=1 --`, '%@%']) {
    expectRefusal(await ask(facet, 'login', { email, password: PASSWORD }), 401, 'invalid_credentials');
    expect((await ask(facet, 'forgot-password', { email })).status).toBe(202);
  }
});
