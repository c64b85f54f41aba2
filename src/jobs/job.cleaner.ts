import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { Rounds } from '../platform/rounds.js';
import type { JobKind } from './job.kind.js';
import { JobRegistry } from './job.registry.js';

/** Rows that one statement removes. */
const MAX_ROWS = 5_000;

/** Removes jobs that ended longer ago than their kind keeps them. */
@Injectable()
export class JobCleaner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds = new Rounds(new Logger(JobCleaner.name));

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly registry: JobRegistry,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.environment.runsJobs) return;
    this.rounds.every(this.environment.JOB_CLEANUP_INTERVAL * 1000, () => this.cleanUp());
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async cleanUp(): Promise<void> {
    for (const kind of this.registry.kinds) {
      while (kind.keepDays !== undefined && !this.rounds.signal.aborted) {
        if ((await removeEnded(this.db, kind, kind.keepDays)) < MAX_ROWS) break;
      }
    }
  }
}

async function removeEnded(db: EntityManager, { table }: JobKind, days: number): Promise<number> {
  const [, count] = await db.query<[unknown[], number]>(
    `DELETE FROM ${table} WHERE id IN (
       SELECT id FROM ${table} WHERE completed_at < now() - make_interval(days => $1) LIMIT $2)`,
    [days, MAX_ROWS],
  );
  return count;
}
