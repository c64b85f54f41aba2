import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bull';
import { Shutdown } from '../../platform/lifecycle/shutdown.js';
import { BatchWorker } from './batch.worker.js';
import { BATCH_CHUNKS, BatchDoorbell } from './doorbell.service.js';

/** The door: a ring is one more chunk for the worker, once it has room. While it has none, others hear the rest. */
@Injectable()
export class BatchProcessor implements OnApplicationBootstrap {
  private readonly logger = new Logger(BatchProcessor.name);
  private answering = false;

  constructor(
    @InjectQueue(BATCH_CHUNKS) private readonly queue: Queue,
    private readonly doorbell: BatchDoorbell,
    private readonly shutdown: Shutdown,
    private readonly worker: BatchWorker,
  ) {}

  onApplicationBootstrap(): void {
    this.shutdown.onStart(() => {
      this.queue.pause(true, true).catch((error: unknown) => {
        this.logger.debug(`The queue was not paused: ${String(error)}`);
      });
      return Promise.resolve();
    });
    this.queue.on('error', (error: unknown) => {
      this.logger.debug(`The queue is disturbed: ${String(error)}`);
    });
    this.queue
      .process(1, () => this.answer())
      .catch((error: unknown) => {
        this.logger.error(`The queue is not answered: ${String(error)}`);
      });
  }

  /** Takes a chunk and passes the ring on; while Redis does not take it, the worker goes on by itself. */
  async answer(): Promise<void> {
    if (this.answering) return;
    this.answering = true;
    try {
      do {
        await this.worker.room();
        if (this.shutdown.started || !(await this.worker.take())) return;
      } while (!(await this.doorbell.passOn()));
    } catch (error) {
      this.logger.warn(`No chunk was taken, the sweeper will ring: ${String(error)}`);
    } finally {
      this.answering = false;
    }
  }
}
