import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { removeOldRefreshTokens, removeOldResets, removeOldSessions } from './auth.queries.js';
import { ResetsService } from './resets/resets.service.js';

/** Milliseconds between two looks for requests whose process died before it had answered them. */
const INTERVAL = 30_000;

/** Takes up what was left, and removes what is over. */
@Injectable()
export class AuthSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuthSweeper.name);
  private readonly stopping = new AbortController();
  private rounds: Promise<void>[] = [];

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly resets: ResetsService,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds = [
      this.every(INTERVAL, () => this.resets.work()),
      this.every(this.environment.JOB_CLEANUP_INTERVAL * 1000, () => this.cleanUp()),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.rounds);
  }

  private async every(milliseconds: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await work().catch((error: unknown) => {
        this.logger.warn(`Sweeping failed and will be tried again: ${String(error)}`);
      });
      // Rejects at the shutdown, which the loop sees by itself.
      await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async cleanUp(): Promise<void> {
    await removeOldRefreshTokens(this.db);
    await removeOldSessions(this.db);
    await removeOldResets(this.db);
  }
}
