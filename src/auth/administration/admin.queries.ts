import type { EntityManager } from 'typeorm';
import type { Role } from '../users/users.queries.js';

/** An account as administrators see it. */
export interface ListedUser {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly created_at: Date;
  readonly last_login_at: Date | null;
}

export interface UserFilter {
  /** Part of the user name or the e-mail address, whatever its case. */
  readonly q?: string;
  readonly role?: Role;
  readonly disabled?: boolean;
}

const COLUMNS = 'id, username, email, role, disabled_at IS NOT NULL AS disabled, created_at, last_login_at';

/** One page, newest first. */
export function listUsers(db: EntityManager, filter: UserFilter, offset: number, limit: number): Promise<ListedUser[]> {
  const { sql, values } = conditions(filter);
  return db.query(
    `SELECT ${COLUMNS} FROM users WHERE ${sql} ORDER BY created_at DESC, id DESC
      LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    [...values, limit, offset],
  );
}

export async function countUsers(db: EntityManager, filter: UserFilter): Promise<number> {
  const { sql, values } = conditions(filter);
  const [row] = await db.query<[{ total: number }]>(`SELECT count(*)::float8 AS total FROM users WHERE ${sql}`, values);
  return row.total;
}

/** Ids of the administrators who can sign in; they stay what they are until the transaction ends. */
export async function lockAdministrators(db: EntityManager): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    // In one order, so that two who lock them wait for each other and never in a circle.
    `SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR NO KEY UPDATE`,
  );
  return rows.map(({ id }) => id);
}

/** Stays what it is until the transaction ends. */
export async function lockUser(db: EntityManager, id: string): Promise<ListedUser | null> {
  const [user] = await db.query<[ListedUser?]>(`SELECT ${COLUMNS} FROM users WHERE id = $1 FOR NO KEY UPDATE`, [id]);
  return user ?? null;
}

export async function setRole(db: EntityManager, id: string, role: Role): Promise<void> {
  await db.query('UPDATE users SET role = $2 WHERE id = $1', [id, role]);
}

export async function setDisabled(db: EntityManager, id: string, disabled: boolean): Promise<void> {
  await db.query('UPDATE users SET disabled_at = CASE WHEN $2::boolean THEN now() END WHERE id = $1', [id, disabled]);
}

/** Only what is asked for takes part, so that PostgreSQL can walk the index of it. */
function conditions({ q, role, disabled }: UserFilter): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const wanted: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value !== undefined) wanted.push(condition(`$${values.push(value)}`));
  };
  const part = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  add((text) => `(username ILIKE ${text} OR email ILIKE ${text})`, part);
  add((name) => `role = ${name}`, role);
  add((wish) => `(disabled_at IS NOT NULL) = ${wish}`, disabled);
  return { sql: wanted.join(' AND ') || 'true', values };
}
