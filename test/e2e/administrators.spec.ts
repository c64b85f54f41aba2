import { randomUUID } from 'node:crypto';
import { ADA, buildKey, buildPerson, type Person } from '../support/accounts.js';
import { type Answer, call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { listen } from './event-stream.js';
import { buildRow, idOf, insertRows } from './rows.js';
import { expectRefusal } from './traces.js';

const PASSWORD = 'the owl and the pussycat';

let ground: Ground;
let one: Facet;
let other: Facet;
let root: Person;

beforeAll(async () => {
  ground = await buildGround();
  [one, other] = await Promise.all([startFacet(ground, { ROLE: 'api' }), startFacet(ground, { ROLE: 'api' })]);
});

beforeEach(async () => {
  await ground.database.query(`DELETE FROM users WHERE id <> $1`, [ADA.id]);
  root = await buildPerson(ground.database, 'root', 'admin');
});

afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await ground.remove();
});

const get = (path: string, as: Person = root, facet = one): Promise<Answer> =>
  call(facet.url, `/api/v1/${path}`, { as });

const change = (person: Pick<Person, 'id'>, json: unknown, as: Person = root, facet = one): Promise<Answer> =>
  call(facet.url, `/api/v1/admin/users/${person.id}`, { method: 'PATCH', as, json });

const post = (path: string, json: unknown, headers = {}): Promise<Answer> =>
  call(one.url, `/api/v1/auth/${path}`, { method: 'POST', as: null, json, headers });

const names = ({ body }: Answer): string[] => body.items.map(({ username }: { username: string }) => username);

const auditOf = async (id: string): Promise<any[]> => {
  const { body } = await get(`admin/audit-log?subject=user:${id}`);
  return body.items;
};

describe('finds users', () => {
  beforeEach(async () => {
    const bob = await buildPerson(ground.database, 'bob');
    await buildPerson(ground.database, '100%_bobbin', 'admin');
    await ground.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [bob.id]);
  });

  it('and tells of each what there is to tell, and no secret', async () => {
    const { status, body } = await get('admin/users?q=ADA');
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        {
          id: ADA.id,
          username: 'ada',
          email: 'ada@example.org',
          role: 'user',
          disabled: false,
          created_at: expect.any(String),
          last_login_at: null,
        },
      ],
      page: 1,
      per_page: 20,
      total: 1,
      total_pages: 1,
    });
  });

  it.each([
    ['', ['100%_bobbin', 'bob', 'root', 'ada']],
    ['?q=bob', ['100%_bobbin', 'bob']],
    ['?q=OB@EXAMPLE', ['bob']],
    ['?q=%25_', ['100%_bobbin']],
    ['?q=', ['100%_bobbin', 'bob', 'root', 'ada']],
    ['?q=%00', ['100%_bobbin', 'bob', 'root', 'ada']],
    ['?role=admin', ['100%_bobbin', 'root']],
    ['?disabled=true', ['bob']],
    ['?disabled=false&q=bob', ['100%_bobbin']],
    ['?per_page=2&page=2', ['root', 'ada']],
    ['?page=3', []],
  ])('by %s', async (query, found) => {
    expect(names(await get(`admin/users${query}`))).toEqual(found);
  });

  it.each(['q[]=a', `q=${'x'.repeat(101)}`, 'role=root', 'disabled=1', 'password_hash=x', 'page=0', 'sort=email'])(
    'and refuses %s',
    async (query) => {
      expectRefusal(await get(`admin/users?${query}`), 422, 'validation_failed');
    },
  );

  it('and knows when they last logged in', async () => {
    const credentials = { email: 'carol@example.org', password: PASSWORD };
    await post('register', { username: 'carol', ...credentials });
    expect((await get('admin/users?q=carol')).body.items[0].last_login_at).toBeNull();
    const before = Date.now();
    await post('login', credentials);
    const time = Date.parse((await get('admin/users?q=carol')).body.items[0].last_login_at);
    expect(time).toBeGreaterThanOrEqual(before - 1000);
    expect(time).toBeLessThanOrEqual(Date.now() + 1000);
  });
});

describe('changes a user', () => {
  it('who is an administrator at once, and at once is none, and is signed out', async () => {
    const bob = await buildPerson(ground.database, 'bob');
    const key = await buildKey(ground.database, bob, ['admin']);
    const withKey = () => call(other.url, '/api/v1/admin/users', { as: null, headers: { 'X-API-Key': key } });
    expectRefusal(await get('admin/users', bob, other), 403, 'forbidden');
    expectRefusal(await withKey(), 403, 'forbidden');

    expect((await change(bob, { role: 'admin' })).body).toMatchObject({ id: bob.id, role: 'admin', disabled: false });
    expect((await get('admin/users', bob, other)).status).toBe(200);
    expect((await withKey()).status).toBe(200);
    await insertRows(ground, [buildRow('of ada', { status: 'queued' })]);
    const reader = await buildKey(ground.database, bob, ['analyses:read', 'admin']);
    const watched = `/api/v1/progress/${idOf('of ada')}/stream`;
    const stream = await listen(other.url, watched, { 'X-API-Key': reader }, null);
    expect(stream.status).toBe(200);

    expect((await change(bob, { role: 'user' })).body).toMatchObject({ role: 'user' });
    expectRefusal(await get('auth/me', bob, other), 401, 'unauthenticated');
    expectRefusal(await withKey(), 403, 'forbidden');
    expect((await stream.ended).map(({ event }) => event)).toEqual(['progress']);
    expect(await auditOf(bob.id)).toMatchObject([
      { action: 'user.role_changed', before: { role: 'admin' }, after: { role: 'user' } },
      { action: 'user.role_changed', before: { role: 'user' }, after: { role: 'admin' } },
    ]);
  });

  it('who is disabled: no token, key or stream of theirs goes on, in any process, until enabled', async () => {
    const bob = await buildPerson(ground.database, 'bob');
    const key = await buildKey(ground.database, bob, ['analyses:read']);
    const withKey = (facet: Facet) =>
      call(facet.url, '/api/v1/results', { as: null, headers: { 'X-API-Key': key } }).then(({ status }) => status);
    const withToken = (facet: Facet) => get('auth/me', bob, facet).then(({ status }) => status);
    await insertRows(ground, [buildRow('of bob', { status: 'queued', owner_id: bob.id })]);
    const stream = await listen(other.url, `/api/v1/progress/${idOf('of bob')}/stream`, {}, bob);
    for (const facet of [one, other]) expect([await withKey(facet), await withToken(facet)]).toEqual([200, 200]);

    expect((await change(bob, { disabled: true })).body).toMatchObject({ id: bob.id, disabled: true });
    for (const facet of [other, one]) expect([await withKey(facet), await withToken(facet)]).toEqual([401, 401]);
    await stream.ended;

    expect((await change(bob, { disabled: false })).body).toMatchObject({ disabled: false });
    for (const facet of [other, one]) expect([await withKey(facet), await withToken(facet)]).toEqual([200, 401]);
  });

  it('and writes down who did it, from where, and what it was before and after', async () => {
    const bob = await buildPerson(ground.database, 'bob');
    const headers = { 'X-Request-ID': 'change-1', 'User-Agent': 'console' };
    const path = `/api/v1/admin/users/${bob.id}`;
    const json = { role: 'admin', disabled: true };
    await call(one.url, path, { method: 'PATCH', as: root, json, headers });
    const where = { ip_address: '127.0.0.1', user_agent: 'console', request_id: 'change-1', subject: `user:${bob.id}` };
    const who = { actor_kind: 'user', actor_id: root.id, api_key_id: null };
    const what = { id: expect.any(String), created_at: expect.any(String) };
    const disabled = { action: 'user.disabled', before: { disabled: false }, after: { disabled: true } };
    const promoted = { action: 'user.role_changed', before: { role: 'user' }, after: { role: 'admin' } };
    expect(await auditOf(bob.id)).toEqual([
      { ...what, ...who, ...where, ...disabled },
      { ...what, ...who, ...where, ...promoted },
    ]);
  });

  it('only if something changes', async () => {
    const bob = await buildPerson(ground.database, 'bob');
    for (const json of [{}, { role: 'user' }, { disabled: false }, { role: 'user', disabled: false }]) {
      expect(await change(bob, json)).toMatchObject({ status: 200, body: { role: 'user', disabled: false } });
    }
    expect(await auditOf(bob.id)).toEqual([]);
    expect((await get('auth/me', bob)).status).toBe(200);
  });

  it.each([
    ['role', { role: 'root' }],
    ['role', { role: null }],
    ['role', { role: ['admin'] }],
    ['disabled', { disabled: 'true' }],
    ['disabled', { disabled: null }],
    ['id', { id: randomUUID() }],
    ['email', { email: 'mine@example.org' }],
    ['password_hash', { password_hash: 'x' }],
    ['disabled_at', { disabled_at: null }],
  ])('and refuses a wrong %s: %j', async (field, json) => {
    const answer = await change(ADA, json);
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details.fields[0].field).toBe(field);
  });

  it('who is there', async () => {
    expectRefusal(await change({ id: randomUUID() }, { role: 'admin' }), 404, 'user_not_found');
    expectRefusal(await change({ id: 'root' }, { role: 'admin' }), 422, 'validation_failed');
  });
});

describe('the last administrator', () => {
  it.each([{ role: 'user' }, { disabled: true }, { role: 'user', disabled: true }])('stays one: %j', async (json) => {
    const asleep = await buildPerson(ground.database, 'asleep', 'admin');
    await ground.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [asleep.id]);
    expectRefusal(await change(root, json), 409, 'last_administrator');
    expect(await change(root, { role: 'admin', disabled: false })).toMatchObject({ status: 200 });
    expect((await get('auth/me', root)).status).toBe(200);
    expect((await change(asleep, { role: 'user' })).status).toBe(200);
  });

  it('is left, however many go at once, in two processes', async () => {
    for (let round = 0; round < 5; round++) {
      const others: Person[] = [];
      for (const name of ['b', 'c', 'd', 'e', 'f']) {
        others.push(await buildPerson(ground.database, `admin ${name}`, 'admin'));
      }
      const all = [root, ...others];
      // Each sends the next away: in whatever order they come, one has to stay.
      const answers = await Promise.all(
        all.map((person, index) =>
          change(
            all[(index + 1) % all.length]!,
            index % 2 ? { role: 'user' } : { disabled: true },
            person,
            index % 2 ? one : other,
          ),
        ),
      );
      for (const { status } of answers) expect([200, 401, 403, 409]).toContain(status);
      const { rows } = await ground.database.query(`SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL`);
      expect(rows.length).toBeGreaterThanOrEqual(1);
      expect(rows).toHaveLength(all.length - answers.filter(({ status }) => status === 200).length);
      await ground.database.query(`DELETE FROM users WHERE id <> $1`, [ADA.id]);
      root = await buildPerson(ground.database, 'root', 'admin');
    }
  });
});
