import { Injectable } from '@nestjs/common';
import { HealthMessage, HealthParts } from './health-parts.js';

/** The time between the wish that this process ends and its end: no new work, while the old is brought to rest. */
@Injectable()
export class Draining {
  private readonly steps: (() => Promise<void>)[] = [];
  started = false;

  constructor(health: HealthParts) {
    health.add({
      name: 'process',
      neededByRequests: true,
      check: () => (this.started ? Promise.reject(new HealthMessage('draining')) : Promise.resolve(undefined)),
    });
  }

  /** Adds what has to come to rest before connections are closed. */
  onStart(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  /** Runs every step; resolves when all have come to rest. */
  async start(): Promise<void> {
    this.started = true;
    await Promise.all(this.steps.map((step) => step()));
  }
}
