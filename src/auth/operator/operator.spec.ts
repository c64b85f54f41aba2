import { DataSource } from 'typeorm';
import { ADA, enter } from '../../../test/support/accounts.js';
import { buildGround, type Ground } from '../../../test/support/facet.js';
import { declareScope } from '../../platform/http/scopes.js';
import { OperatorService, type WantedKey, type WantedUser } from './operator.service.js';

// As a route does that requires it.
declareScope('analyses:read');

let ground: Ground;
let source: DataSource;
let operator: OperatorService;

beforeAll(async () => {
  ground = await buildGround();
  source = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
  operator = new OperatorService(source.manager);
  await enter(ground.database, ADA);
});

afterAll(async () => {
  await source.destroy();
  await ground.remove();
});

const user: WantedUser = { username: 'alan', email: 'alan@example.org', password: undefined, role: 'user' };
const key: WantedKey = { email: ADA.email, name: 'nightly', scopes: undefined, expires_at: undefined };

const counts = async (): Promise<{ users: number; keys: number; entries: number }> => {
  const { rows } = await ground.database.query(
    'SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM api_keys) AS keys, (SELECT count(*)::int FROM audit_log) AS entries',
  );
  return rows[0];
};

it.each([
  [{ email: 'alan' }, 'validation_failed', 'email: must be an e-mail address'],
  [{ email: 'ADA@example.org' }, 'validation_failed', 'email: has an account already'],
  [{ username: 'Ada' }, 'username_taken', 'Another account has this user name.'],
  [{ username: 'Ada', email: 'ADA@example.org' }, 'username_taken', 'Another account has this user name.'],
  [{ password: 'x'.repeat(11) }, 'validation_failed', 'password: must have 12 to 128 characters'],
  [{ password: '1qaz2wsx3edc' }, 'validation_failed', 'password: is one of the commonest passwords'],
])('makes no user with %j', async (changes, code, message) => {
  const before = await counts();
  await expect(operator.makeUser({ ...user, ...changes })).rejects.toMatchObject({ code, message });
  expect(await counts()).toEqual(before);
});

it.each([
  [{ email: 'nobody@example.org' }, 'email: has no account'],
  [{ name: '' }, 'name: must have 1 to 100 visible characters'],
  [{ scopes: ['admin'] }, 'scopes: admin is for administrators only'],
  [{ scopes: ['analyses:read', ''] }, expect.stringContaining('scopes: must be of analyses:read')],
  [{ expires_at: '2020-01-01' }, 'expires_at: must be an ISO 8601 time in the future'],
])('makes no key with %j', async (changes, message) => {
  const before = await counts();
  await expect(operator.makeKey({ ...key, ...changes })).rejects.toMatchObject({ code: 'validation_failed', message });
  expect(await counts()).toEqual(before);
});

it('makes twenty keys for an account and no more, and writes each down', async () => {
  const before = await counts();
  const tries = await Promise.allSettled(Array.from({ length: 25 }, () => operator.makeKey(key)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  expect(await counts()).toEqual({ ...before, keys: before.keys + 20, entries: before.entries + 20 });
});
