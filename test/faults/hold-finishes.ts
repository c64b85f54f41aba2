import { Client } from 'pg';
import type { Ground } from '../support/facet.js';

/** Any number that Facet uses for no advisory lock. */
const LOCK = 4_711;

/**
 * Holds every finish of an analysis in the middle of its transaction, where its artifacts become stored, until the
 * connection that is answered ends.
 */
export async function holdFinishes({ databaseUrl }: Pick<Ground, 'databaseUrl'>): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`
    CREATE OR REPLACE FUNCTION hold_finish() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(${LOCK});
      RETURN NEW;
    END $$;
    CREATE OR REPLACE TRIGGER hold_finish BEFORE UPDATE ON files
      FOR EACH ROW WHEN (NEW.name <> 'source' AND NEW.state = 'stored') EXECUTE FUNCTION hold_finish();
    SELECT pg_advisory_lock(${LOCK});
  `);
  return client;
}
