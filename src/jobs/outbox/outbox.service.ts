import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { Rounds } from '../../platform/rounds.js';
import { type JobChange, lockDelivery, takeChanges } from './outbox.queries.js';

/** Changes that are delivered by one transaction. */
const MAX_CHANGES = 500;

/** Acts on changes of jobs, at least once each, those of one job in their order. */
export interface OutboxListener {
  /** @throws to be called again with the same changes later */
  deliver(changes: readonly JobChange[]): Promise<void>;
}

/** Makes a provider a listener to the outbox. */
export const RegisterOutboxListener = DiscoveryService.createDecorator();

/** Delivers what transactions have left in the outbox: after each of this process, and what killed processes have left. */
@Injectable()
export class OutboxService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(OutboxService.name);
  private readonly rounds = new Rounds(this.logger);
  private listeners: OutboxListener[] = [];
  private delivering: Promise<void> | undefined;
  private isWanted = false;

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly discovery: DiscoveryService,
  ) {}

  onApplicationBootstrap(): void {
    const found = this.discovery.getProviders({ metadataKey: RegisterOutboxListener.KEY });
    this.listeners = found.map(({ instance }) => instance as OutboxListener);
    this.rounds.every(this.environment.JOB_RESCUE_INTERVAL * 1000, () => this.deliver());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
    await this.delivering?.catch(() => undefined);
  }

  /** Has what was committed delivered soon. Never fails: what is not delivered now is by the next round of any process. */
  notify(): void {
    this.deliver().catch((error: unknown) => {
      this.logger.debug(`Changes of jobs wait to be delivered: ${String(error)}`);
    });
  }

  private deliver(): Promise<void> {
    this.isWanted = true;
    this.delivering ??= this.deliverAll().finally(() => {
      this.delivering = undefined;
    });
    return this.delivering;
  }

  private async deliverAll(): Promise<void> {
    while (this.isWanted) {
      this.isWanted = false;
      const count = await this.db.transaction((db) => this.deliverSome(db));
      if (count === MAX_CHANGES) this.isWanted = true;
    }
  }

  private async deliverSome(db: EntityManager): Promise<number> {
    await lockDelivery(db);
    const changes = await takeChanges(db, MAX_CHANGES);
    if (changes.length > 0) for (const listener of this.listeners) await listener.deliver(changes);
    return changes.length;
  }
}
