import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { IdempotencyService } from '../../platform/http/idempotency.service.js';
import { StorageService } from '../../storage/storage.service.js';
import { TemporaryFiles } from '../../storage/temporary-files.service.js';
import { existing } from './sweep.queries.js';

/** Seconds without a change after which a file that no row speaks of is left-over. */
const LEFT_OVER = 900;

/** Folders whose rows are looked for at once. */
const GROUP = 500;

/** Removes what nobody needs any more: old keys, and files of requests and workers that died. */
@Injectable()
export class AnalysisCleaner {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly idempotency: IdempotencyService,
    private readonly storage: StorageService,
    private readonly temporary: TemporaryFiles,
  ) {}

  /** @param stopped ends it early; the next time it begins anew. */
  async cleanUp(stopped: AbortSignal): Promise<void> {
    await this.idempotency.cleanUp();
    await this.temporary.removeLeftovers();
    await this.removeOrphans(stopped);
  }

  /** Files whose row was never committed, or whose removal was cut short. */
  private async removeOrphans(stopped: AbortSignal): Promise<void> {
    const group: string[] = [];
    for await (const folder of this.storage.foldersOlderThan(LEFT_OVER)) {
      if (stopped.aborted) return;
      group.push(folder);
      if (group.length >= GROUP) await this.removeUnknown(group.splice(0));
    }
    await this.removeUnknown(group);
  }

  private async removeUnknown(folders: readonly string[]): Promise<void> {
    const known = await existing(this.db, folders);
    for (const folder of folders) if (!known.has(folder)) await this.storage.remove(folder);
  }
}
