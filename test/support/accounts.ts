import jwt from 'jsonwebtoken';
import { createHash } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { KeyRing } from '../../src/auth/tokens/key-ring.js';

/** What every Facet under test signs its tokens with, unless the test says otherwise. */
export const TEST_SECRET = 'the secret of every Facet under test';

/** Somebody with an account, and what they send along to be known. */
export interface Person {
  readonly id: string;
  readonly sessionId: string;
  readonly username: string;
  readonly email: string;
  readonly role: 'user' | 'admin';
  readonly token: string;
  /** The `Authorization` header. */
  readonly bearer: string;
}

interface Database {
  query(sql: string, values: unknown[]): Promise<unknown>;
}

const person = (id: string, sessionId: string, username: string, role: Person['role']): Person => {
  const { kid } = new KeyRing(TEST_SECRET, []).current;
  const token = jwt.sign({ sid: sessionId, role }, TEST_SECRET, {
    algorithm: 'HS256',
    keyid: kid,
    subject: id,
    issuer: 'facet',
    audience: 'facet',
    expiresIn: 3600,
  });
  return { id, sessionId, username, email: `${username}@example.org`, role, token, bearer: `Bearer ${token}` };
};

/** Whom a test speaks as where it does not say otherwise. */
export const ADA = person(
  '01997b5e-0000-7000-8000-00000000ada0',
  '01997b5e-0000-7000-8000-00000000ada1',
  'ada',
  'user',
);

/** Enters a person with an open session; whoever is there already stays. Nobody can log in by this password. */
export async function enter(database: Database, { id, sessionId, username, email, role }: Person): Promise<void> {
  await database.query(
    `INSERT INTO users (id, username, email, password_hash, role) VALUES ($1, $2, $3, 'none', $4) ON CONFLICT DO NOTHING`,
    [id, username, email, role],
  );
  await database.query(
    `INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 day') ON CONFLICT DO NOTHING`,
    [sessionId, id],
  );
}

/** Somebody new, who is signed in. */
export async function buildPerson(
  database: Database,
  username: string,
  role: Person['role'] = 'user',
): Promise<Person> {
  const somebody = person(uuid(), uuid(), username, role);
  await enter(database, somebody);
  return somebody;
}

/** An API key of a person. */
export async function buildKey(database: Database, owner: Person, scopes: readonly string[]): Promise<string> {
  const prefix = `facet_${uuid().slice(-8)}`;
  const key = `${prefix}_${uuid()}`;
  await database.query(
    `INSERT INTO api_keys (id, owner_id, name, prefix, sha256, scopes) VALUES ($1, $2, 'key', $3, $4, $5)`,
    [uuid(), owner.id, prefix, createHash('sha256').update(key).digest(), scopes],
  );
  return key;
}
