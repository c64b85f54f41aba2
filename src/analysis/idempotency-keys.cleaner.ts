import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';
import { IdempotencyService } from '../platform/http/idempotency.service.js';
import { Rounds } from '../platform/rounds.js';

/** Removes idempotency keys that are no longer valid. */
@Injectable()
export class IdempotencyKeysCleaner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds = new Rounds(new Logger(IdempotencyKeysCleaner.name));

  constructor(
    private readonly environment: Environment,
    private readonly idempotency: IdempotencyService,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.every(this.environment.JOB_CLEANUP_INTERVAL * 1000, () => this.idempotency.cleanUp());
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }
}
