import { Injectable } from '@nestjs/common';

/** The time between the wish that this process ends and its end: no new work, while the old is brought to rest. */
@Injectable()
export class Draining {
  private readonly steps: (() => Promise<void>)[] = [];
  started = false;

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
