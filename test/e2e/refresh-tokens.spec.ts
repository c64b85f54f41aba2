import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { expectRefusal } from './traces.js';
import { ask, comeIn, payloadOf } from './visitors.js';

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

describe('a refresh token', () => {
  const refresh = (refresh_token: string, facet = one) => post('refresh', { refresh_token }, facet);
  /** As if the last use of any token had been so many seconds ago. */
  const letPass = (seconds: number) =>
    ground.database.query(`UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => $1)`, [seconds]);

  it('is good for one use, and so is the next', async () => {
    let { refresh_token, access_token } = await comeIn(one);
    for (let use = 0; use < 4; use++) {
      const { status, body } = await refresh(refresh_token, use % 2 ? one : other);
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(['access_token', 'refresh_token', 'token_type', 'expires_in']);
      expect(body.refresh_token).not.toBe(refresh_token);
      expect(payloadOf(body.access_token).sid).toBe(payloadOf(access_token).sid);
      expect((await me(`Bearer ${body.access_token}`)).status).toBe(200);
      ({ refresh_token, access_token } = body);
    }
  });

  it('that comes back later ends the whole session', async () => {
    const { refresh_token, access_token } = await comeIn(one);
    const next = (await refresh(refresh_token)).body;
    await letPass(11);
    expectRefusal(await refresh(refresh_token), 401, 'refresh_token_invalid');
    for (const facet of [one, other]) {
      expectRefusal(await me(`Bearer ${access_token}`, facet), 401, 'unauthenticated');
      expectRefusal(await me(`Bearer ${next.access_token}`, facet), 401, 'unauthenticated');
    }
    expectRefusal(await refresh(next.refresh_token), 401, 'refresh_token_invalid');
  });

  it('whose answer was lost gets it again, for ten seconds', async () => {
    const { refresh_token } = await comeIn(one);
    const lost = (await refresh(refresh_token)).body;
    await letPass(8);
    const { status, body } = await refresh(refresh_token, other);
    expect(status).toBe(200);
    expect(body.refresh_token).toBe(lost.refresh_token);
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  it('has no grace once its successor was used', async () => {
    const { refresh_token } = await comeIn(one);
    const second = (await refresh(refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    expectRefusal(await refresh(refresh_token), 401, 'refresh_token_invalid');
    expectRefusal(await refresh(third.refresh_token), 401, 'refresh_token_invalid');
    expectRefusal(await me(`Bearer ${third.access_token}`), 401, 'unauthenticated');
  });

  it('leaves one chain, though fifty use it at once on two processes', async () => {
    const { refresh_token } = await comeIn(one);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => refresh(refresh_token, index % 2 ? one : other)),
    );
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(successors.size).toBe(1);
    const sessionId = payloadOf(answers[0]!.body.access_token).sid;
    const { rows } = await ground.database.query(
      `SELECT count(*)::int AS all, count(*) FILTER (WHERE used_at IS NULL)::int AS open
         FROM refresh_tokens WHERE session_id = $1`,
      [sessionId],
    );
    expect(rows).toEqual([{ all: 2, open: 1 }]);
    expect((await refresh([...successors][0])).status).toBe(200);
  });

  it('is refused when it has expired, is unknown or an access token', async () => {
    const { refresh_token, access_token } = await comeIn(one);
    const { sid } = payloadOf(access_token);
    await ground.database.query(`UPDATE refresh_tokens SET expires_at = now() WHERE session_id = $1`, [sid]);
    for (const token of [refresh_token, access_token.slice(0, 200), 'x', '']) {
      expectRefusal(await refresh(token), 401, 'refresh_token_invalid');
    }
    // None of that was a reuse.
    expect((await me(`Bearer ${access_token}`)).status).toBe(200);
  });

  it('is refused once its user is disabled', async () => {
    const { refresh_token, email } = await comeIn(one);
    await ground.database.query('UPDATE users SET disabled_at = now() WHERE email = $1', [email]);
    expectRefusal(await refresh(refresh_token), 401, 'refresh_token_invalid');
  });
});
