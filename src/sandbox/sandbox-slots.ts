import { Injectable } from '@nestjs/common';
import { Semaphore } from '../platform/concurrency/semaphore.js';
import { Environment } from '../platform/config/environment.js';

/** The `MAX_WORKERS` slots of this process for tasks in sandboxes, shared evenly by kinds of work. */
@Injectable()
export class SandboxSlots extends Semaphore {
  constructor({ MAX_WORKERS }: Environment) {
    super({ permits: MAX_WORKERS });
  }
}
