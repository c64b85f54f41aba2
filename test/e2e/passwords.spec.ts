import { hash, parseOptions } from '@node-rs/argon2';
import { buildPerson } from '../support/accounts.js';
import { call } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { mailed } from './mails.js';
import { expectRefusal } from './traces.js';
import { ask, bearer, fieldsAtFault, logIn, me, PASSWORD, register } from './visitors.js';

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

it('hashes a password anew at the log-in if its hash has become too cheap', async () => {
  const person = await buildPerson(ground.database, 'old-timer');
  const cheap = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
  await ground.database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [person.id, cheap]);
  expectRefusal(await logIn(facet, 'old-timer', 'not the right password'), 401, 'invalid_credentials');
  const at = async () =>
    (await ground.database.query('SELECT password_hash FROM users WHERE id = $1', [person.id])).rows[0].password_hash;
  expect(await at()).toBe(cheap);
  const answers = await Promise.all([1, 2, 3, 4].map(() => logIn(facet, 'old-timer')));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(parseOptions(await at()).memoryCost).toBeGreaterThanOrEqual(19_456);
  expect((await logIn(facet, 'old-timer')).status).toBe(200);
});

describe('changes a password', () => {
  const change = (token: string, current_password: string, new_password: string) =>
    call(facet.url, '/api/v1/auth/change-password', {
      method: 'POST',
      headers: bearer(token),
      json: { current_password, new_password },
    });

  it('for who knows the current one, and ends every session', async () => {
    await register(facet, 'changing');
    const [one, other] = [(await logIn(facet, 'changing')).body, (await logIn(facet, 'changing')).body];
    const wrong = await change(one.access_token, 'not the current one', 'a new long password');
    expectRefusal(wrong, 422, 'validation_failed');
    expect(fieldsAtFault(wrong.body)).toEqual(['current_password']);
    // Refused before the current one is looked at, which is dear and counts as a guess.
    const common = await change(one.access_token, 'not the current one', '1QAZ2WSX3EDC');
    expect(fieldsAtFault(common.body)).toEqual(['new_password']);
    expect((await me(facet, other.access_token)).status).toBe(200);

    expect((await change(one.access_token, PASSWORD, 'a new long password')).status).toBe(204);
    for (const { access_token, refresh_token } of [one, other]) {
      expectRefusal(await me(facet, access_token), 401, 'unauthenticated');
      expectRefusal(await ask(facet, 'refresh', { refresh_token }), 401, 'refresh_token_invalid');
    }
    expectRefusal(await logIn(facet, 'changing'), 401, 'invalid_credentials');
    expect((await logIn(facet, 'changing', 'a new long password')).status).toBe(200);
    await mailed(ground, 'changing@example.org', 'Your password at Facet was changed');
  });

  it('once, of ten who want to at once', async () => {
    await register(facet, 'racing');
    const { access_token } = (await logIn(facet, 'racing')).body;
    const wanted = Array.from({ length: 10 }, (_, index) => `new password number ${index}`);
    const answers = await Promise.all(wanted.map((password) => change(access_token, PASSWORD, password)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const winner = wanted[answers.findIndex(({ status }) => status === 204)]!;
    expect((await logIn(facet, 'racing', winner)).status).toBe(200);
  });
});

describe('resets a password', () => {
  const forget = async (username: string, count = 1): Promise<string> => {
    expect(await ask(facet, 'forgot-password', { email: `${username.toUpperCase()}@example.org` })).toMatchObject({
      status: 202,
      body: '',
    });
    const mails = await mailed(ground, `${username}@example.org`, 'Reset your password at Facet', count);
    return /^([\w-]{43})\r?$/m.exec(mails.at(-1)!)![1]!;
  };

  it('by a token from a mail, once, and ends every session', async () => {
    await register(facet, 'forgetful');
    const session = (await logIn(facet, 'forgetful')).body;
    const token = await forget('forgetful');
    const common = await ask(facet, 'reset-password', { token, password: 'qwerty123456' });
    expect(fieldsAtFault(common.body)).toEqual(['password']);

    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((index) =>
        ask(facet, 'reset-password', { token, password: `remembered from now on ${index}` }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 422, 422, 422, 422]);
    const winner = answers.findIndex(({ status }) => status === 204) + 1;
    expectRefusal(await me(facet, session.access_token), 401, 'unauthenticated');
    expectRefusal(await logIn(facet, 'forgetful'), 401, 'invalid_credentials');
    expect((await logIn(facet, 'forgetful', `remembered from now on ${winner}`)).status).toBe(200);
    expectRefusal(await ask(facet, 'reset-password', { token, password: PASSWORD }), 422, 'reset_token_invalid');
  });

  it('for who has guessed at it until it was locked, and lifts the lock', async () => {
    await register(facet, 'guessing');
    for (let tries = 0; tries < 5; tries++) await logIn(facet, 'guessing', 'not the right password');
    expectRefusal(await logIn(facet, 'guessing'), 429, 'login_locked');
    const password = 'remembered from now on';
    expect((await ask(facet, 'reset-password', { token: await forget('guessing'), password })).status).toBe(204);
    expect((await logIn(facet, 'guessing', password)).status).toBe(200);
  });

  it('not by a token that is too old, made up or of a disabled account', async () => {
    await register(facet, 'late');
    const token = await forget('late');
    const expire = (by: string) =>
      ground.database.query(`UPDATE password_resets SET expires_at = now() ${by} WHERE used_at IS NULL`);
    await expire(`- interval '1 second'`);
    expectRefusal(await ask(facet, 'reset-password', { token, password: PASSWORD }), 422, 'reset_token_invalid');
    expectRefusal(await ask(facet, 'reset-password', { token: 'x', password: PASSWORD }), 422, 'reset_token_invalid');
    await expire(`+ interval '1 hour'`);
    await ground.database.query(`UPDATE users SET disabled_at = now() WHERE username = 'late'`);
    expectRefusal(await ask(facet, 'reset-password', { token, password: PASSWORD }), 422, 'reset_token_invalid');
  });

  it('though a request before cannot be answered', async () => {
    const email = '"two words"@example.org';
    await ground.database.query(
      `INSERT INTO users (id, username, email, password_hash) VALUES (gen_random_uuid(), 'unreachable', $1, 'none')`,
      [email],
    );
    await register(facet, 'patient');
    expect((await ask(facet, 'forgot-password', { email })).status).toBe(202);
    await forget('patient');
    const dropped = await eventually(
      () => Promise.resolve(facet.log.filter(({ msg }) => msg === 'A request to reset a password is dropped')),
      (lines) => lines.length > 0,
    );
    expect(dropped).toMatchObject([{ level: 50, err: { type: 'RangeError' } }]);
    expect(JSON.stringify(dropped)).not.toContain('two words');
  });

  it('sends no mail to nobody, and no flood to anybody', async () => {
    await register(facet, 'flooded');
    for (let asked = 0; asked < 8; asked++) await ask(facet, 'forgot-password', { email: 'flooded@example.org' });
    await ask(facet, 'forgot-password', { email: 'nobody-at-all@example.org' });
    await eventually(
      async () =>
        (await ground.database.query('SELECT 1 FROM password_reset_requests WHERE completed_at IS NULL')).rows,
      (rows) => rows.length === 0,
    );
    await mailed(ground, 'flooded@example.org', 'Reset your password at Facet', 3);
    const { rows } = await ground.database.query(
      `SELECT recipient, count(*)::int AS mails FROM mails
        WHERE recipient IN ('flooded@example.org', 'nobody-at-all@example.org') AND subject LIKE 'Reset%' GROUP BY 1`,
    );
    expect(rows).toEqual([{ recipient: 'flooded@example.org', mails: 3 }]);
  });
});
