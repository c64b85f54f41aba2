import { Injectable } from '@nestjs/common';
import { Semaphore } from '../../platform/concurrency/semaphore.js';
import { Environment } from '../../platform/config/environment.js';

/** The `MAX_WORKERS` slots of this process for analyzer processes, shared evenly by analyses and images of batches. */
@Injectable()
export class AnalyzerSlots extends Semaphore<'analysis' | 'batch'> {
  constructor({ MAX_WORKERS }: Environment) {
    super({ permits: MAX_WORKERS });
  }
}
