import { LimitSettings } from './limit-settings.js';
import { Decimal, WholeNumber } from './setting-rules.js';

/** Renewals in the time of a lease. */
const RENEWALS_PER_LEASE = 4;

/** How jobs are claimed, taken back and handed on. */
export class JobSettings extends LimitSettings {
  /** Seconds after which a worker that gives no sign of life has lost its jobs and chunks to others. */
  @WholeNumber(1, 300)
  readonly JOB_LEASE: number = 10;

  /** Seconds between two looks at what is lost or was not announced. */
  @Decimal(0.1, 60)
  readonly JOB_RESCUE_INTERVAL: number = 2.5;

  /** Seconds for which an announcement in Bull belongs to the worker that took it. */
  @Decimal(1, 300)
  readonly JOB_QUEUE_LOCK: number = 10;

  /** Seconds that running jobs may take to finish at a shutdown; then they are handed back. */
  @Decimal(0, 20)
  readonly SHUTDOWN_GRACE: number = 10;

  /** Milliseconds between two renewals of the lease. */
  get leaseRenewalMs(): number {
    return (this.JOB_LEASE * 1000) / RENEWALS_PER_LEASE;
  }

  /** Seconds after a start of PostgreSQL in which no lease counts as run out: no worker could renew it before. */
  get databaseStartGraceSeconds(): number {
    return this.JOB_LEASE / 2;
  }
}
