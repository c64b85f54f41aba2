import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bull';
import { setTimeout as delay } from 'node:timers/promises';
import { Environment } from '../../platform/config/environment.js';
import { Shutdown } from '../../platform/lifecycle/shutdown.js';
import { StorageGate } from '../../files/storage-gate.service.js';
import { AnalysisRunner } from './analysis.runner.js';
import { AttemptService } from './attempt.service.js';
import { SandboxSlots } from '../../sandbox/sandbox-slots.js';
import { ANALYSES, type AnalysisJob } from './doorbell.service.js';

/** Seconds that running work has to finish by itself at a shutdown; then it is handed back to the queue. */
const GRACE = 10;

/** The door: a ring is one call to the runner, when there is a place. */
@Injectable()
export class AnalysisProcessor implements OnApplicationBootstrap {
  private readonly logger = new Logger(AnalysisProcessor.name);
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly environment: Environment,
    @InjectQueue(ANALYSES) private readonly queue: Queue<AnalysisJob>,
    private readonly runner: AnalysisRunner,
    private readonly attempts: AttemptService,
    private readonly shutdown: Shutdown,
    private readonly gate: StorageGate,
    private readonly slots: SandboxSlots,
  ) {}

  onApplicationBootstrap(): void {
    this.shutdown.onStart(() => this.drain());
    this.queue.on('error', (error: unknown) => {
      this.logger.debug(`The queue is disturbed: ${String(error)}`);
    });
    this.queue
      .process(this.environment.MAX_WORKERS, ({ data }) => this.answer(data.analysisId))
      .catch((error: unknown) => {
        this.logger.error(`The queue is not answered: ${String(error)}`);
      });
  }

  private async answer(id: string): Promise<void> {
    const work = this.slots
      .run('analysis', () => this.begin(id))
      .catch((error: unknown) => {
        this.logger.error(`The analysis ${id} is left to the sweeper: ${String(error)}`);
      });
    this.running.add(work);
    await work;
    this.running.delete(work);
  }

  private async begin(id: string): Promise<void> {
    // The sweeper rings again for what was not begun.
    if (!this.shutdown.started && (await this.gate.isOpen())) await this.runner.run(id);
  }

  private async drain(): Promise<void> {
    this.queue.pause(true, true).catch((error: unknown) => {
      this.logger.debug(`The queue was not paused: ${String(error)}`);
    });
    const all = () => Promise.all(this.running);
    await Promise.race([all(), delay(GRACE * 1000, undefined, { ref: false })]);
    this.attempts.stop();
    await all();
  }
}
