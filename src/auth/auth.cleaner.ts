import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { PeriodicTasks } from '../platform/scheduling/periodic-tasks.js';
import { removeOldRefreshTokens, removeOldResets, removeOldSessions } from './auth.queries.js';
import { ResetsService } from './resets/resets.service.js';

/** Time between two searches for password-reset requests whose process died. */
const RESCUE_INTERVAL_MS = 30_000;

/** Resumes password-reset requests that were left, and removes expired rows. */
@Injectable()
export class AuthCleaner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuthCleaner.name);
  private readonly periodicTasks = new PeriodicTasks(this.logger);

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly resets: ResetsService,
  ) {}

  onApplicationBootstrap(): void {
    this.periodicTasks.start(RESCUE_INTERVAL_MS, () => this.resets.work());
    this.periodicTasks.start(this.environment.JOB_CLEANUP_INTERVAL * 1000, () => this.cleanUp());
  }

  onApplicationShutdown(): Promise<void> {
    return this.periodicTasks.stop();
  }

  private async cleanUp(): Promise<void> {
    await removeOldRefreshTokens(this.db);
    await removeOldSessions(this.db);
    await removeOldResets(this.db);
  }
}
