import { Injectable } from '@nestjs/common';
import { HealthMessage, HealthParts } from './health-parts.js';

/** Graceful shutdown: stop taking work, then wait for running work. */
@Injectable()
export class Shutdown {
  private readonly steps: (() => Promise<void>)[] = [];
  started = false;

  constructor(health: HealthParts) {
    health.add({
      name: 'process',
      neededByRequests: true,
      check: () => (this.started ? Promise.reject(new HealthMessage('draining')) : Promise.resolve(undefined)),
    });
  }

  /** Adds a step that resolves when its running work has ended; connections are closed after all steps. */
  onStart(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  /** Runs every step; resolves when all have resolved. */
  async start(): Promise<void> {
    this.started = true;
    await Promise.all(this.steps.map((step) => step()));
  }
}
