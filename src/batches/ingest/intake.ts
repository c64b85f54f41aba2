import type { FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import type { Environment } from '../../platform/config/environment.js';
import type { Release } from '../../platform/concurrency/semaphore.js';
import { validationFailed } from '../../platform/errors.js';
import { type Fields, readMultipart } from '../../platform/http/multipart/multipart.js';
import { type BatchForm, batchForm } from './batch-form.js';
import { CsvReception, type Way } from './csv-reception.js';
import { ItemCopy } from './item-copy.js';
import { CsvConverter } from './rows/csv-converter.js';
import type { Summary } from './rows/summary.js';

export interface TakenIn {
  readonly form: BatchForm;
  readonly filename: string;
  readonly summary: Summary;
}

/** One upload on its way from the request into an open transaction. */
export class Intake {
  /** Its rows, not yet committed; none when only what the file is like was asked. */
  copy: ItemCopy | undefined;

  private reception: CsvReception;
  private releaseSlot: Release | undefined;

  /**
   * @param acquireSlot waits until one more large file may be read
   * @param keepRows false when the request has its answer already, and the file is only compared.
   */
  constructor(
    private readonly environment: Environment,
    private readonly source: DataSource,
    private readonly acquireSlot: () => Promise<Release>,
    private readonly keepRows: boolean,
    private readonly digest: boolean,
  ) {
    this.reception = new CsvReception(environment.MAX_UPLOAD_SIZE, (fields) => this.begin(fields));
  }

  /**
   * Reads the whole request.
   * @param check refuses a form before the file is read to its end, where its fields have come before it.
   */
  async read(request: FastifyRequest, check: (form: BatchForm) => void): Promise<TakenIn> {
    let early: Fields = {};
    const { file: filename, fields } = await readMultipart(
      request,
      this.environment.MAX_UPLOAD_SIZE,
      async (part, signal, before) => {
        early = { ...before };
        check(batchForm(early));
        await this.reception.take(part, signal, before);
        return part.filename;
      },
    );
    const form = batchForm(fields);
    check(form);
    if (this.reception.early) checkUnchanged(early, fields);
    return { form, filename, summary: await this.reception.end(fields) };
  }

  /** Whatever was not committed is gone after this. */
  async close(): Promise<void> {
    this.reception.close();
    await this.copy?.close();
    this.releaseSlot?.();
  }

  private async begin(fields: Fields): Promise<Way> {
    const { urlColumn, dryRun } = batchForm(fields);
    const converter = new CsvConverter({
      urlColumn,
      partSize: this.environment.MAX_BATCH_SIZE,
      allow: this.environment.OUTBOUND_ALLOW,
      directory: this.environment.temporaryDirectory,
      digest: this.digest,
    });
    if (!this.keepRows) return { converter, write: () => Promise.resolve() };
    if (this.reception.early) this.releaseSlot = await this.acquireSlot();
    const copy = new ItemCopy(this.source, dryRun ? 'dry_run_items' : 'batch_items');
    this.copy = copy;
    return { converter, write: (rows) => copy.write(rows) };
  }
}

/** Refuses what a large file was not read with. That it was only a dry run may be said late, and not be taken back. */
function checkUnchanged(before: Fields, after: Fields): void {
  const isTakenBack = batchForm(before).dryRun && !batchForm(after).dryRun;
  const late = [...(after.url_column === before.url_column ? [] : ['url_column']), ...(isTakenBack ? ['dry_run'] : [])];
  if (late.length === 0) return;
  throw validationFailed(late.map((field) => ({ field, message: 'must come before a file of more than 1 MiB' })));
}
