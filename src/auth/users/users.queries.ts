import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';

export type Role = 'user' | 'admin';

export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  /** The e-mail address as accounts are told apart by it. */
  readonly address: string;
  readonly password_hash: string;
  readonly role: Role;
  readonly disabled_at: Date | null;
  readonly created_at: Date;
}

export type NewUser = Omit<UserRow, 'address' | 'disabled_at' | 'created_at'>;

const COLUMNS = 'id, username, email, lower(email) AS address, password_hash, role, disabled_at, created_at';

/** False when the user name or the e-mail address is taken. */
export async function insertUser(
  db: EntityManager,
  { id, username, email, password_hash, role }: NewUser,
): Promise<boolean> {
  const rows = await db.query<unknown[]>(
    `INSERT INTO users (id, username, email, password_hash, role) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING id`,
    [id, username, email, password_hash, role],
  );
  return rows.length > 0;
}

/** One row in any case, after the same work. */
const LOOK_UP = `
  SELECT lower($1::text) AS wanted, ${COLUMNS} FROM (VALUES (1)) AS one LEFT JOIN users ON lower(email) = lower($1::text)`;

type LookedUp = UserRow & { readonly wanted: string };

interface Account {
  readonly address: string;
  readonly user: UserRow | null;
}

/**
 * The account of an address as it was typed, and the address as accounts are told apart by it, which is the same
 * for all spellings that find the same account. PostgreSQL decides: it makes other small letters of some than JavaScript.
 * It prepares the statement once a connection.
 */
export async function lookUp(pool: Pool, typed: string): Promise<Account> {
  const { rows } = await pool.query<LookedUp>({ name: 'look-up', text: LOOK_UP, values: [withoutBlanks(typed)] });
  return accountOf(rows as [LookedUp]);
}

/** The same account, in a transaction. */
export async function userByEmail(db: EntityManager, typed: string): Promise<UserRow | null> {
  return accountOf(await db.query<[LookedUp]>(LOOK_UP, [withoutBlanks(typed)])).user;
}

/** Without the one character that PostgreSQL does not take, and what comes along when an address is pasted. */
const withoutBlanks = (typed: string): string => typed.replaceAll('\0', '').trim();

const accountOf = ([{ wanted, ...user }]: [LookedUp]): Account => ({
  address: wanted,
  user: (user.id as string | null) === null ? null : user,
});

export async function userById(db: EntityManager, id: string): Promise<UserRow | null> {
  const [user] = await db.query<[UserRow?]>(`SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]);
  return user ?? null;
}

/** @param but the id of the account that may have it */
export async function isUsernameTaken(db: EntityManager, username: string, but: string): Promise<boolean> {
  const rows = await db.query<unknown[]>('SELECT 1 FROM users WHERE lower(username) = lower($1) AND id <> $2', [
    username,
    but,
  ]);
  return rows.length > 0;
}

/** False when the password has been changed in the meantime. */
export async function replacePassword(
  db: EntityManager,
  { id, password_hash: before }: Pick<UserRow, 'id' | 'password_hash'>,
  after: string,
): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    'UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
    [id, before, after],
  );
  return count > 0;
}

export async function areThereUsers(db: EntityManager): Promise<boolean> {
  const rows = await db.query<unknown[]>('SELECT 1 FROM users LIMIT 1');
  return rows.length > 0;
}
