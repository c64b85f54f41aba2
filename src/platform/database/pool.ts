import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** TypeORM's own pool, for statements that PostgreSQL is to prepare once and for what TypeORM cannot say, such as COPY. */
export const poolOf = (source: DataSource): Pool => (source.driver as unknown as { master: Pool }).master;
