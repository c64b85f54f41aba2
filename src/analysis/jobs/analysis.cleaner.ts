import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { IdempotencyService } from '../../platform/http/idempotency/idempotency.service.js';
import { StorageService } from '../../storage/storage.service.js';
import { existing } from './sweep.queries.js';

/** Seconds without a change after which a file that no row speaks of is left-over. */
const LEFT_OVER = 900;

/** Folders whose rows are looked for at once. */
const GROUP = 500;

/** Removes what nobody needs any more: old keys, and files of requests and workers that died. */
@Injectable()
export class AnalysisCleaner {
  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly idempotency: IdempotencyService,
    private readonly storage: StorageService,
  ) {}

  /** @param stopped ends it early; the next time it begins anew. */
  async cleanUp(stopped: AbortSignal): Promise<void> {
    await this.idempotency.cleanUp();
    await this.removeTemporaryFiles();
    await this.removeOrphans(stopped);
  }

  private async removeTemporaryFiles(): Promise<void> {
    const directory = this.environment.temporaryDirectory;
    for (const name of await readdir(directory).catch(() => [])) {
      const touched = await stat(join(directory, name)).catch(() => null);
      if (touched && touched.mtimeMs < Date.now() - LEFT_OVER * 1000) {
        await rm(join(directory, name), { recursive: true, force: true });
      }
    }
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
