import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bull';
import { withTimeout } from '../../platform/timeouts/with-timeout.js';

export const BATCH_CHUNKS = 'batch-chunks';

/** Rings that wait in Redis at most, each for a worker that is free; more come as they are needed. */
const RINGS = 8;

/** Milliseconds that a ring may take before it counts as not heard. */
const PATIENCE = 1_000;

/**
 * Tells the workers that chunks wait. A ring is a Bull job for one chunk, whichever is next when a worker has room for it:
 * ten thousand chunks of one batch do not stand in a queue before another's. Losing a ring loses nothing.
 */
@Injectable()
export class BatchDoorbell {
  private readonly logger = new Logger(BatchDoorbell.name);

  constructor(@InjectQueue(BATCH_CHUNKS) private readonly queue: Queue) {}

  /** For whoever is free; false when Redis did not take it, and the sweeper will see to the chunks. */
  ring(): Promise<boolean> {
    return this.heard(this.fill());
  }

  /** For the next chunk, by who has just taken one. */
  passOn(): Promise<boolean> {
    return this.heard(this.queue.add({}));
  }

  private async fill(): Promise<void> {
    const missing = RINGS - (await this.queue.getWaitingCount());
    if (missing > 0) await this.queue.addBulk(Array.from({ length: missing }, () => ({ data: {} })));
  }

  private async heard(ring: Promise<unknown>): Promise<boolean> {
    try {
      await withTimeout(ring, PATIENCE);
      return true;
    } catch (error) {
      this.logger.warn(`Not rung, the sweeper will see to it: ${String(error)}`);
      return false;
    }
  }
}
