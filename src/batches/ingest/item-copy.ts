import type { CopyStreamQuery } from 'pg-copy-streams';
import { from as copyFrom } from 'pg-copy-streams';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Client } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** Where rows go: where batches have them, or where nobody sees them and nothing stays. */
export type ItemTable = 'batch_items' | 'dry_run_items';

/** One transaction that begins with rows by COPY. Nothing of it is to be seen before its commit, whoever dies. */
export class ItemCopy {
  private runner: QueryRunner | undefined;
  private stream: CopyStreamQuery | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly source: DataSource,
    readonly table: ItemTable,
  ) {}

  /** Takes rows in COPY's binary format; resolves when more may come. */
  async write(rows: Uint8Array): Promise<void> {
    const stream = (this.stream ??= await this.open());
    if (this.failure) throw this.failure;
    if (!stream.write(rows)) await once(stream, 'drain');
  }

  /** What belongs to the rows, in their transaction. @param keep whether all of it is committed. */
  async complete<T>(keep: boolean, work: (db: EntityManager) => Promise<T>): Promise<T> {
    const { runner, stream } = this;
    if (!runner || !stream) throw new Error('There are no rows');
    if (this.failure) throw this.failure;
    stream.end();
    await finished(stream);
    const done = await work(runner.manager);
    if (keep) await runner.commitTransaction();
    return done;
  }

  /** Takes everything back that was not committed. */
  async close(): Promise<void> {
    const { runner, stream } = this;
    if (!runner) return;
    if (stream && !stream.writableFinished && !this.failure) {
      const closed = once(stream, 'close');
      stream.destroy(new Error('The upload is refused'));
      await closed.catch(() => undefined);
    }
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }

  private async open(): Promise<CopyStreamQuery> {
    this.runner = this.source.createQueryRunner();
    const client = (await this.runner.connect()) as Client;
    await this.runner.startTransaction();
    // The sender decides how long it takes.
    await this.runner.query('SET LOCAL statement_timeout = 0');
    if (this.table === 'dry_run_items') {
      await this.runner.query(
        'CREATE TEMPORARY TABLE dry_run_items (LIKE batch_items INCLUDING DEFAULTS) ON COMMIT DROP',
      );
    }
    const stream = client.query(
      copyFrom(`COPY ${this.table} (batch_id, row_number, problem, url, columns) FROM STDIN (FORMAT binary)`),
    );
    stream.on('error', (error) => {
      this.failure = error;
    });
    return stream;
  }
}
