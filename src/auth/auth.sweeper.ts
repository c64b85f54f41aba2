import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { Rounds } from '../platform/rounds.js';
import { removeOldRefreshTokens, removeOldResets, removeOldSessions } from './auth.queries.js';

/** Removes what is over. */
@Injectable()
export class AuthSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuthSweeper.name);
  private readonly rounds = new Rounds(this.logger);

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.every(this.environment.JOB_CLEANUP_INTERVAL * 1000, () => this.cleanUp());
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async cleanUp(): Promise<void> {
    await removeOldRefreshTokens(this.db);
    await removeOldSessions(this.db);
    await removeOldResets(this.db);
  }
}
