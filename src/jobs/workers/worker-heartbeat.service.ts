import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { Rounds } from '../../platform/rounds.js';
import { WorkerLease } from './worker-lease.service.js';

/** What hangs on the lease of this process. */
export interface LeaseHolder {
  /** Is called after each renewal. */
  renewed(): Promise<void>;
  /** Is called when the lease was lost, before a new one is taken. */
  lost?(): void;
}

/** Renews the lease of this process, once for all that it works on. */
@Injectable()
export class WorkerHeartbeat implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WorkerHeartbeat.name);
  private readonly rounds = new Rounds(this.logger);
  private readonly holders: LeaseHolder[] = [];

  constructor(
    private readonly environment: Environment,
    private readonly lease: WorkerLease,
  ) {}

  addHolder(holder: LeaseHolder): void {
    this.holders.push(holder);
  }

  onApplicationBootstrap(): void {
    if (this.environment.runsJobs) this.rounds.every(this.environment.leaseRenewalMs, () => this.renew());
  }

  /** Shutdown steps have run: nothing is held any more, or what is could not be handed back and is taken from the lost. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
    await this.lease.release().catch((error: unknown) => {
      this.logger.warn(`The lease was not given back and will run out: ${String(error)}`);
    });
  }

  private async renew(): Promise<void> {
    if (!(await this.lease.renew())) {
      this.logger.warn('The lease was lost; what other workers have taken is theirs');
      for (const holder of this.holders) holder.lost?.();
      await this.lease.renew();
    }
    // Not waited for: a statement of theirs that waits for a lock must not cost the lease.
    for (const holder of this.holders) void this.tell(holder);
  }

  private async tell(holder: LeaseHolder): Promise<void> {
    try {
      await holder.renewed();
    } catch (error) {
      this.logger.warn(`A look at what is held failed and will be repeated: ${String(error)}`);
    }
  }
}
