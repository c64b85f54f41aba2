import type { EntityManager } from 'typeorm';

/** Matches that are counted at most. */
const MAX_MATCHES = 100_000;

export interface AuditRow {
  readonly id: string;
  readonly actor_kind: 'anonymous' | 'user' | 'key' | 'system';
  readonly actor_id: string | null;
  readonly api_key_id: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly request_id: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly created_at: Date;
}

export type NewAuditRow = Omit<AuditRow, 'created_at'>;

const COLUMNS =
  'id, actor_kind, actor_id, api_key_id, action, subject, ip_address, user_agent, request_id, before, after';

const TYPES = ['uuid', 'text', 'uuid', 'uuid', 'text', 'text', 'inet', 'text', 'text', 'jsonb', 'jsonb'];

const valuesOf = (row: NewAuditRow): unknown[] => [
  row.id,
  row.actor_kind,
  row.actor_id,
  row.api_key_id,
  row.action,
  row.subject,
  row.ip_address,
  row.user_agent,
  row.request_id,
  row.before === null ? null : JSON.stringify(row.before),
  row.after === null ? null : JSON.stringify(row.after),
];

export async function insertAuditEntry(db: EntityManager, row: NewAuditRow): Promise<void> {
  const { text, values } = auditInsert(row, 0);
  await db.query(text, values);
}

/**
 * The statement by itself or as a part of one that also does what is told of.
 * @param given parameters that stand before those of the entry
 * @param condition for the entry to be written, as `FROM …`
 */
export function auditInsert(row: NewAuditRow, given: number, condition = ''): { text: string; values: unknown[] } {
  const parameters = TYPES.map((type, index) => `$${given + index + 1}::${type}`);
  return {
    text: `INSERT INTO audit_log (${COLUMNS}) SELECT ${parameters.join(', ')} ${condition}`,
    values: valuesOf(row),
  };
}

export interface AuditFilter {
  readonly actor_id?: string;
  readonly action?: string;
  readonly subject?: string;
  /** Inclusive. */
  readonly from?: Date;
  /** Exclusive. */
  readonly before?: Date;
}

/** One page, newest first. */
export async function listAudit(
  db: EntityManager,
  filter: AuditFilter,
  offset: number,
  limit: number,
): Promise<AuditRow[]> {
  const { sql, values } = conditions(filter);
  return db.query(
    `SELECT id, actor_kind, actor_id, api_key_id, action, subject, host(ip_address) AS ip_address, user_agent,
            request_id, before, after, created_at
       FROM audit_log WHERE ${sql} ORDER BY created_at DESC, id DESC
      LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    [...values, limit, offset],
  );
}

export async function countAudit(db: EntityManager, filter: AuditFilter): Promise<number> {
  const { sql, values } = conditions(filter);
  const [row] = await db.query<[{ total: number }]>(
    `SELECT count(*)::float8 AS total
       FROM (SELECT 1 FROM audit_log WHERE ${sql} LIMIT $${values.length + 1}) AS matches`,
    [...values, MAX_MATCHES],
  );
  return row.total;
}

/** Only what is asked for takes part, so that PostgreSQL can walk the index of it. */
function conditions({ actor_id, action, subject, from, before }: AuditFilter): { sql: string; values: unknown[] } {
  const wanted = [
    ['actor_id =', actor_id],
    ['action =', action],
    ['subject =', subject],
    ['created_at >=', from],
    ['created_at <', before],
  ].filter(([, value]) => value !== undefined);
  const sql = wanted.map(([condition], index) => `${String(condition)} $${index + 1}`);
  return { sql: sql.join(' AND ') || 'true', values: wanted.map(([, value]) => value) };
}
