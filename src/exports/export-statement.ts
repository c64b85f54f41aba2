import type { Pool, PoolClient } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { CopyRows } from './copy-rows.js';

/** Milliseconds after which PostgreSQL ends an export, however slowly its reader reads. */
const TIMEOUT_MS = 3_600_000;

/** Time for which a refusal of PostgreSQL is waited for before the headers go out: a lock may hold the statement for long. */
const REFUSAL_TIMEOUT_MS = 1_000;

/** One statement sees one moment by itself; a snapshot for longer than that would only keep dead rows. */
const SETTINGS = `
  BEGIN READ ONLY;
  SET LOCAL statement_timeout = ${TIMEOUT_MS};
  SET LOCAL TimeZone = 'UTC';
  SET LOCAL DateStyle = 'ISO'`;

/** An export's statement on a connection of its own, from the first row until its stream is closed. */
export class ExportStatement {
  readonly rows: CopyRows;
  private ended = false;

  private constructor(
    private readonly pool: Pool,
    private readonly client: PoolClient,
    sql: string,
  ) {
    this.rows = client.query(new CopyRows(sql));
  }

  /** @throws what PostgreSQL refuses of the statement, before any row is read */
  static async begin(pool: Pool, sql: string): Promise<ExportStatement> {
    const client = await pool.connect();
    // A connection that is lost is told to the statement too; without a listener it would end the process.
    client.on('error', ignore);
    try {
      await client.query(SETTINGS);
      const statement = new ExportStatement(pool, client, sql);
      await acceptedOrLate(statement.rows);
      return statement;
    } catch (error) {
      client.off('error', ignore).release(true);
      throw error;
    }
  }

  /** Gives the place in the pool back. What still runs is stopped, and its connection, full of rows, given up. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    if (this.rows.complete) {
      const committed = await this.client.query('COMMIT').then(() => true, ignore);
      this.client.off('error', ignore).release(!committed);
    } else {
      const { processID } = this.client as PoolClient & { processID: number };
      this.client.off('error', ignore).release(true);
      // PostgreSQL notices a closed connection only when it writes, which may be long after the start of a sort.
      await this.pool.query('SELECT pg_cancel_backend($1)', [processID]).catch(ignore);
    }
  }
}

async function acceptedOrLate({ accepted }: CopyRows): Promise<void> {
  const answered = new AbortController();
  const late = delay(REFUSAL_TIMEOUT_MS, undefined, { signal: answered.signal }).catch(ignore);
  try {
    await Promise.race([accepted, late]);
  } finally {
    answered.abort();
  }
}

const ignore = (): undefined => undefined;
