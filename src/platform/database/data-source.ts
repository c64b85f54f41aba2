import type { DataSourceOptions } from 'typeorm';
import type { Environment } from '../config/environment.js';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How Facet talks to PostgreSQL: bounded in connections and time, never with `synchronize`. */
export function databaseOptions(environment: Environment): PostgresOptions {
  return {
    type: 'postgres',
    url: environment.DATABASE_URL,
    applicationName: `facet-${environment.ROLE}`,
    poolSize: environment.DATABASE_POOL_SIZE,
    connectTimeoutMS: 5_000,
    synchronize: false,
    extra: {
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
    },
  };
}
