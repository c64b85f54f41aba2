import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { removeLostWorkers } from './worker.queries.js';

/**
 * Removes workers whose lease has run out. While PostgreSQL is away, and until it has recovered from a crash, no worker can
 * renew: an old lease says something only once PostgreSQL has answered this process without a gap for as long as those that
 * live need to renew.
 */
@Injectable()
export class LostWorkers {
  /** Milliseconds of `performance.now()`; null while PostgreSQL does not answer. */
  private answeringSince: number | null = null;

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
  ) {}

  /** Returns how many were removed. @throws when PostgreSQL does not answer */
  async remove(): Promise<number> {
    const graceMs = this.environment.databaseStartGraceSeconds * 1000;
    const asked = performance.now();
    const isSteady = this.answeringSince !== null && asked - this.answeringSince >= graceMs;
    try {
      const count = isSteady ? await removeLostWorkers(this.db, graceMs / 1000) : await this.probe();
      // An answer that took so long is a gap: others may have waited for theirs as long.
      if (performance.now() - asked >= graceMs) this.answeringSince = performance.now();
      this.answeringSince ??= asked;
      return count;
    } catch (error) {
      this.answeringSince = null;
      throw error;
    }
  }

  private async probe(): Promise<number> {
    await this.db.query('SELECT 1');
    return 0;
  }
}
