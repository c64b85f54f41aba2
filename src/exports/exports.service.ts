import { Injectable, Logger, StreamableFile } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { poolOf } from '../platform/database/pool.js';
import { Semaphore } from '../platform/concurrency/semaphore.js';
import { Environment } from '../platform/config/environment.js';
import type { Caller } from '../platform/http/principal.js';
import { ReaderStalled, streamOf } from '../platform/http/stream-of.js';
import { writeCsv } from './csv.js';
import { EXPORT_MEDIA_TYPES, type ExportColumn, type ExportFormat, type ExportQuery } from './exports.dto.js';
import { ExportStatement } from './export-statement.js';
import { writeJson, writeNdjson } from './json.js';
import { tooManyExports } from './exports.errors.js';
import { copyStatement } from './statement.js';
import { writeXlsx } from './xlsx/xlsx.js';

type Writer = (columns: readonly ExportColumn[], rows: AsyncIterable<Buffer>) => AsyncGenerator<Buffer | string>;

const WRITERS: Readonly<Record<ExportFormat, Writer>> = {
  csv: writeCsv,
  json: writeJson,
  ndjson: writeNdjson,
  xlsx: (columns, rows) => writeXlsx(columns, rows),
};

/** Rows as files that are made while they are read: memory does not depend on their number. */
@Injectable()
export class ExportsService {
  private readonly logger = new Logger(ExportsService.name);
  private readonly pool: Pool;
  private readonly slots: Semaphore;

  constructor(@InjectDataSource() source: DataSource, { DATABASE_POOL_SIZE }: Environment) {
    this.pool = poolOf(source);
    // Each holds a connection for as long as its client reads; the others need theirs too.
    const permits = Math.max(1, Math.floor(DATABASE_POOL_SIZE / 4));
    this.slots = new Semaphore({
      permits,
      permitsPerKey: Math.ceil(permits / 2),
      maxWaiting: 0,
      refuse: tooManyExports,
    });
  }

  /**
   * The rows as an attachment `<name>-<date>.<format>`. An error on the way breaks the connection off, so that no client
   * takes a part for the whole; so does a client that has stopped reading.
   * @throws too_many_exports
   */
  async open(
    { ownerId }: Pick<Caller, 'ownerId'>,
    query: ExportQuery,
    format: ExportFormat,
    name: string,
  ): Promise<StreamableFile> {
    const sql = copyStatement(query);
    const release = await this.slots.acquire(ownerId);
    const statement = await ExportStatement.begin(this.pool, sql).catch((error: unknown) => {
      release();
      throw error;
    });
    const output = streamOf(WRITERS[format](query.columns, statement.rows), () => {
      release();
      return statement.end();
    });
    output.once('error', (error) => {
      if (error instanceof ReaderStalled) this.logger.warn(error.message);
      else this.logger.error(error);
    });
    const filename = `${name}-${new Date().toISOString().slice(0, 10)}.${format}`;
    const disposition = `attachment; filename="${filename}"`;
    return new StreamableFile(output, { type: EXPORT_MEDIA_TYPES[format], disposition });
  }
}
