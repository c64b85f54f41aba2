import type { Pool } from 'pg';
import type { StorageGate } from '../../files/storage-gate.service.js';
import type { Claim, JobKind } from '../job.kind.js';
import { claimJobs } from '../job.queries.js';
import type { WorkerLease } from '../workers/worker-lease.service.js';

interface Request<Work> {
  readonly resolve: (claim: Claim<Work> | null) => void;
  readonly reject: (error: unknown) => void;
}

export interface ClaimerParts {
  readonly pool: Pool;
  readonly lease: WorkerLease;
  /** Nothing is claimed while it is closed; null for kinds that write nothing to disk. */
  readonly gate: StorageGate | null;
}

/** Claims jobs of one kind, as many by a statement as slots have asked for while the last was under way. */
export class JobClaimer<Work extends object> {
  private readonly requests: Request<Work>[] = [];
  private claiming = false;
  stopped = false;

  constructor(
    private readonly kind: JobKind<Work>,
    private readonly parts: ClaimerParts,
    /** Is called with each claim before it is given out. */
    private readonly claimed: (claim: Claim<Work>) => void,
  ) {}

  /** Whether PostgreSQL may know of claims that are not known here yet. */
  get isClaiming(): boolean {
    return this.claiming;
  }

  /** Returns the next job that is due, or null when there is none. */
  next(): Promise<Claim<Work> | null> {
    return new Promise((resolve, reject) => {
      this.requests.push({ resolve, reject });
      if (!this.claiming) void this.claimAll();
    });
  }

  private async claimAll(): Promise<void> {
    this.claiming = true;
    // Slots that become free in the same turn of the event loop are filled by one statement.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.requests.length > 0) await this.claim(this.requests.splice(0));
    this.claiming = false;
  }

  private async claim(requests: readonly Request<Work>[]): Promise<void> {
    try {
      const claims = await this.claimFor(requests.length);
      for (const claim of claims) this.claimed(claim);
      for (const [index, { resolve }] of requests.entries()) resolve(claims[index] ?? null);
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
  }

  private async claimFor(count: number): Promise<Claim<Work>[]> {
    const { pool, lease, gate } = this.parts;
    if (gate && !(await gate.isOpen())) return [];
    const { workerId, isSure } = lease;
    return workerId !== null && isSure && !this.stopped ? claimJobs(pool, this.kind, workerId, count) : [];
  }
}
