import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { buildGround, type Ground } from '../../test/support/facet.js';
import { countAudit, listAudit } from './audit.queries.js';
import { AuditService } from './audit.service.js';

const NOWHERE = { ipAddress: null, userAgent: null, requestId: null };

let ground: Ground;
let source: DataSource;
let db: EntityManager;

const audit = new AuditService();

beforeAll(async () => {
  ground = await buildGround();
  source = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
  db = source.manager;
});

afterAll(async () => {
  await source.destroy();
  await ground.remove();
});

const all = { from: new Date(0) };

it('keeps who did what, to what, from where, and what it was before and after', async () => {
  const [admin, user, key] = [randomUUID(), randomUUID(), randomUUID()];
  await audit.record(db, {
    action: 'user.role_changed',
    actor: { kind: 'key', id: admin, apiKeyId: key },
    origin: { ipAddress: '::ffff:192.0.2.7', userAgent: 'curl/8', requestId: 'r-1' },
    subject: `user:${user}`,
    before: { role: 'user' },
    after: { role: 'admin' },
  });
  const [row] = await listAudit(db, { actor_id: admin }, 0, 10);
  expect(row).toEqual({
    id: expect.any(String),
    actor_kind: 'key',
    actor_id: admin,
    api_key_id: key,
    action: 'user.role_changed',
    subject: `user:${user}`,
    ip_address: '::ffff:192.0.2.7',
    user_agent: 'curl/8',
    request_id: 'r-1',
    before: { role: 'user' },
    after: { role: 'admin' },
    created_at: expect.any(Date),
  });
});

it('stands or falls with what happened', async () => {
  const before = await countAudit(db, {});
  const failing = source.transaction(async (transaction) => {
    await audit.record(transaction, { action: 'user.made', actor: { kind: 'system' }, origin: NOWHERE });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await countAudit(db, {})).toBe(before);
});

it.each([
  `UPDATE audit_log SET action = 'a.b'`,
  `UPDATE audit_log SET action = 'a.b' WHERE false`,
  'DELETE FROM audit_log',
  'TRUNCATE audit_log',
  `SET session_replication_role = replica; DELETE FROM audit_log`,
  `INSERT INTO audit_log (id, actor_kind, action) SELECT id, 'system', 'a.b' FROM audit_log LIMIT 1
   ON CONFLICT (id) DO UPDATE SET action = 'a.b'`,
])('refuses to be changed: %s', async (sql) => {
  await audit.record(db, { action: 'user.made', actor: { kind: 'system' }, origin: NOWHERE });
  const before = await listAudit(db, {}, 0, 1000);
  await expect(source.transaction((transaction) => transaction.query(sql))).rejects.toThrow(
    /append-only|permission denied/,
  );
  expect(await listAudit(db, {}, 0, 1000)).toEqual(before);
});

it('keeps no secret, however deep, and takes whatever a client calls itself', async () => {
  const action = 'user.password_changed';
  await audit.record(db, {
    action,
    actor: { kind: 'anonymous' },
    origin: { ipAddress: 'not an address', userAgent: `a\0b${'x'.repeat(2000)}`, requestId: null },
    after: {
      password: 'hunter2',
      email: 'a\0b',
      list: [{ refresh_token: 'hunter2', password_hash: 'hunter2', apiKey: { key: 'hunter2', prefix: 'fk_1' } }],
    },
  });
  const [row] = await listAudit(db, { action }, 0, 1);
  expect(row).toMatchObject({
    ip_address: null,
    after: { password: '[redacted]', email: 'ab', list: [{ apiKey: { prefix: 'fk_1' } }] },
  });
  expect(row!.user_agent).toHaveLength(500);
  expect(JSON.stringify(row)).not.toContain('hunter2');
});

it('is read by page, newest first, by any filter', async () => {
  const actor = { kind: 'user', id: randomUUID() } as const;
  const subjects = Array.from({ length: 25 }, (_, index) => `user:${index}`);
  for (const subject of subjects) {
    await audit.record(db, { action: 'user.disabled', actor, origin: NOWHERE, subject });
  }
  const filter = { ...all, actor_id: actor.id, action: 'user.disabled', before: new Date(Date.now() + 60_000) };
  const pages = [
    await listAudit(db, filter, 0, 10),
    await listAudit(db, filter, 10, 10),
    await listAudit(db, filter, 20, 10),
  ];
  expect(pages.flat().map(({ subject }) => subject)).toEqual([...subjects].reverse());
  expect(await countAudit(db, filter)).toBe(25);
  expect(await countAudit(db, { ...filter, subject: 'user:3' })).toBe(1);
  expect(await countAudit(db, { ...filter, before: new Date(0) })).toBe(0);
});

it.each(['user', 'User.made', 'user.made; DROP', ''])('takes no action that is none: %j', async (action) => {
  const recording = audit.record(db, { action, actor: { kind: 'system' }, origin: NOWHERE });
  await expect(recording).rejects.toThrow('violates check constraint');
});
