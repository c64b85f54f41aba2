import jwt, { type SignOptions } from 'jsonwebtoken';
import { createHmac, randomUUID } from 'node:crypto';
import { ADA, buildKey, buildPerson, type Person, TEST_SECRET } from '../support/accounts.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { listen } from './event-stream.js';
import { buildRow, idOf, insertRows } from './rows.js';
import { expectRefusal } from './traces.js';
import { ask, comeIn, PASSWORD, payloadOf } from './visitors.js';

let ground: Ground;
let one: Facet;
let other: Facet;

beforeAll(async () => {
  ground = await buildGround();
  [one, other] = await Promise.all([startFacet(ground, { ROLE: 'api' }), startFacet(ground, { ROLE: 'api' })]);
});

afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await ground.remove();
});

const me = (authorization: string, facet = one) =>
  call(facet.url, '/api/v1/auth/me', { headers: { Authorization: authorization } });

const post = (path: string, json: unknown, facet = one) => ask(facet, path, json);

const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString());
describe('an access token', () => {
  it('says who, for whom, from whom and for how long, and no more', async () => {
    const { access_token } = await comeIn(one);
    expect(headerOf(access_token)).toEqual({ alg: 'HS256', typ: 'JWT', kid: expect.stringMatching(/^[\w-]{16}$/) });
    const payload = payloadOf(access_token);
    expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'role', 'sid', 'sub']);
    expect(payload).toMatchObject({ aud: 'facet', iss: 'facet', role: 'user', exp: Number(payload.iat) + 900 });
    expect(jwt.verify(access_token, TEST_SECRET)).toEqual(payload);
  });

  const kid = () => headerOf(ADA.token).kid as string;
  const claims = () => ({ sid: ADA.sessionId, role: 'user', sub: ADA.id, aud: 'facet', iss: 'facet' });
  const sign = (changes: object = {}, options: SignOptions & { secret?: string } = {}) => {
    const { secret = TEST_SECRET, ...rest } = options;
    return jwt.sign({ ...claims(), exp: Math.floor(Date.now() / 1000) + 60, ...changes }, secret, {
      keyid: kid(),
      ...rest,
    });
  };
  /** Signed well, with whatever header. */
  const withHeader = (header: object) => {
    const [, payload] = sign().split('.');
    const head = Buffer.from(JSON.stringify(header)).toString('base64url');
    const signature = createHmac('sha256', TEST_SECRET).update(`${head}.${payload}`).digest('base64url');
    return `${head}.${payload}.${signature}`;
  };
  const unsigned = (alg: string) => {
    const head = Buffer.from(JSON.stringify({ alg, typ: 'JWT', kid: kid() })).toString('base64url');
    return `${head}.${sign().split('.')[1]}.`;
  };

  it('is taken when all is as it should be', async () => {
    expect((await me(`Bearer ${sign()}`)).body.id).toBe(ADA.id);
    expect((await me(`bearer ${withHeader({ kid: kid(), alg: 'HS256' })}`)).status).toBe(200);
  });

  const forgeries: [string, () => string][] = [
    ['algorithm none', () => unsigned('none')],
    ['algorithm None', () => unsigned('None')],
    ['algorithm none with the signature of another', () => `${unsigned('none')}${String(sign().split('.')[2])}`],
    ['another algorithm', () => sign({}, { algorithm: 'HS512' })],
    ['an algorithm of another kind', () => withHeader({ alg: 'RS256', kid: kid() })],
    ['another secret', () => sign({}, { secret: 'x'.repeat(40) })],
    [
      'an empty secret',
      () => withHeader({ alg: 'HS256', kid: kid() }).replace(/[^.]+$/, createHmac('sha256', '').digest('base64url')),
    ],
    ['a changed payload', () => sign().replace(/\.[^.]+\./, `.${sign({ sub: randomUUID() }).split('.')[1]}.`)],
    ['a cut signature', () => sign().slice(0, -4)],
    ['no signature', () => sign().split('.').slice(0, 2).join('.')],
    ['a fourth part', () => `${sign()}.x`],
    ['another audience', () => sign({ aud: 'other' })],
    ['no audience', () => sign({ aud: undefined })],
    ['another issuer', () => sign({ iss: 'other' })],
    ['no expiry', () => jwt.sign(claims(), TEST_SECRET, { keyid: kid() })],
    ['a time at which it is not yet good', () => sign({ nbf: Math.floor(Date.now() / 1000) + 60 })],
    ['no kid', () => withHeader({ alg: 'HS256' })],
    ['an unknown kid', () => sign({}, { keyid: 'unknown' })],
    ['a kid that is a path', () => sign({}, { keyid: '../../../../dev/null' })],
    ['a kid that is SQL', () => sign({}, { keyid: "x' UNION SELECT 'x" })],
    ['a kid that is a property', () => sign({}, { keyid: '__proto__' })],
    ['a kid that is a list', () => withHeader({ alg: 'HS256', kid: [kid()] })],
    ['a kid that is a number', () => withHeader({ alg: 'HS256', kid: 0 })],
    ['a header that is null', () => `bnVsbA.${sign().split('.')[1]}.x`],
    ['a key of its own', () => withHeader({ alg: 'HS256', kid: 'own', jwk: { kty: 'oct', k: 'eA' } })],
    ['no session', () => sign({ sid: undefined })],
    ['a session that there is not', () => sign({ sid: randomUUID() })],
    ['a session that is no id', () => sign({ sid: "' OR 1=1" })],
    ['the session of another', () => sign({ sub: randomUUID() })],
    ['no user', () => sign({ sub: undefined })],
    ['nothing', () => ''],
    ['noise', () => 'a.b.c'],
    ['much noise', () => 'a'.repeat(10_000)],
  ];

  it.each(forgeries)('is refused with %s', async (_what, forge) => {
    const answer = await me(`Bearer ${forge()}`);
    expectRefusal(answer, 401, 'unauthenticated');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="facet"/);
    expect(answer.body.error.details).toBeNull();
  });

  it('is refused once it has expired, and says so', async () => {
    const answer = await me(`Bearer ${sign({ exp: Math.floor(Date.now() / 1000) - 1 })}`);
    expectRefusal(answer, 401, 'unauthenticated');
    expect(answer.headers.get('www-authenticate')).toContain('expired');
  });

  it.each([
    ['Basic', () => `Basic ${Buffer.from('ada:x').toString('base64')}`],
    ['no scheme', () => ADA.token],
    ['two tokens', () => `Bearer ${ADA.token}, Bearer ${ADA.token}`],
  ])('is refused under %s', async (_what, header) => {
    expectRefusal(await me(header()), 401, 'unauthenticated');
  });

  it('is not looked for anywhere else', async () => {
    for (const place of [`?access_token=${ADA.token}`, `?token=${ADA.token}`]) {
      expectRefusal(await call(one.url, `/api/v1/auth/me${place}`, { as: null }), 401, 'unauthenticated');
    }
    const places: Record<string, string>[] = [{ 'X-API-Key': ADA.token }, { Cookie: `access_token=${ADA.token}` }];
    for (const headers of places) {
      expectRefusal(await call(one.url, '/api/v1/auth/me', { as: null, headers }), 401, 'unauthenticated');
    }
  });

  it('does not give the role that it names, but the one that its user has', async () => {
    const path = `/api/v1/results?owner_id=${randomUUID()}`;
    const asked = await call(one.url, path, { headers: { Authorization: `Bearer ${sign({ role: 'admin' })}` } });
    expectRefusal(asked, 403, 'forbidden');
  });

  it('outlives a change of the key as long as the old one is named', async () => {
    const rotated = { ROLE: 'api', SECRET_KEY: 'a secret that came after the first one' };
    const [tolerant, strict] = await Promise.all([
      startFacet(ground, { ...rotated, SECRET_KEY_PREVIOUS: TEST_SECRET }),
      startFacet(ground, rotated),
    ]);
    try {
      const { access_token, refresh_token, email } = await comeIn(one);
      expect((await me(`Bearer ${access_token}`, tolerant)).status).toBe(200);
      expectRefusal(await me(`Bearer ${access_token}`, strict), 401, 'unauthenticated');
      // A refresh token is none of the key's business, nor is its grace.
      const first = await post('refresh', { refresh_token });
      const again = await post('refresh', { refresh_token }, tolerant);
      expect(again.body.refresh_token).toBe(first.body.refresh_token);
      const fresh = (await post('login', { email, password: PASSWORD }, tolerant)).body;
      expect(headerOf(fresh.access_token).kid).not.toBe(headerOf(access_token).kid);
      expect((await me(`Bearer ${fresh.access_token}`, strict)).status).toBe(200);
      expectRefusal(await me(`Bearer ${fresh.access_token}`, one), 401, 'unauthenticated');
    } finally {
      await Promise.all([tolerant.stop(), strict.stop()]);
    }
  });
});

it('a log-out counts at once in every process, however warm their memories are', async () => {
  for (let round = 0; round < 8; round++) {
    const { access_token } = await comeIn(one);
    const bearer = `Bearer ${access_token}`;
    const [here, there] = round % 2 ? [one, other] : [other, one];
    for (const facet of [here, there, there]) expect((await me(bearer, facet)).status).toBe(200);
    const out = await call(here.url, '/api/v1/auth/logout', { method: 'POST', headers: { Authorization: bearer } });
    expect(out.status).toBe(204);
    expectRefusal(await me(bearer, there), 401, 'unauthenticated');
    expectRefusal(await me(bearer, here), 401, 'unauthenticated');
  }
}, 60_000);

it('a session that ended while nobody could tell is forgotten within seconds', async () => {
  const { access_token } = await comeIn(one);
  const bearer = `Bearer ${access_token}`;
  expect((await me(bearer)).status).toBe(200);
  await ground.database.query('UPDATE sessions SET ended_at = now() WHERE id = $1', [payloadOf(access_token).sid]);
  // A process whose ear was cut off and has grown again trusts nothing from before.
  await ground.redis.client('KILL', 'TYPE', 'pubsub');
  const until = Date.now() + 20_000;
  let { status } = await me(bearer);
  while (status === 200 && Date.now() < until) ({ status } = await me(bearer));
  expect(status).toBe(401);
});

describe('a stream of progress', () => {
  let person: Person;

  beforeAll(async () => {
    person = await buildPerson(ground.database, 'watcher');
  });

  it('ends when the session ends, and is not opened again', async () => {
    await insertRows(ground, [buildRow('watched', { status: 'queued', owner_id: person.id })]);
    const stream = await listen(one.url, `/api/v1/progress/${idOf('watched')}/stream`, {}, person);
    expect(stream.status).toBe(200);
    const out = await call(other.url, '/api/v1/auth/logout', { method: 'POST', as: person });
    expect(out.status).toBe(204);
    const events = await stream.ended;
    expect(events.map(({ event }) => event)).toEqual(['progress']);
    expect((await listen(one.url, `/api/v1/progress/${idOf('watched')}/stream`, {}, person)).status).toBe(401);
  });
});

it('nobody gets in with nothing', async () => {
  for (const path of ['auth/me', 'results', 'analyzers', 'statistics', `results/${randomUUID()}`, 'results/no-id']) {
    expectRefusal(await call(one.url, `/api/v1/${path}`, { as: null }), 401, 'unauthenticated');
  }
  const key = await buildKey(ground.database, ADA, ['analyses:read']);
  expectRefusal(await me(`Bearer ${key}`), 401, 'unauthenticated');
});
