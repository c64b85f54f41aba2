import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Environment } from '../../platform/config/environment.js';
import { poolOf } from '../../platform/database/pool.js';
import { insertWorker, removeWorker, renewWorker } from './worker.queries.js';

/** The last part of a lease, in which it is not relied upon. */
const MARGIN = 0.1;

/** The sign of life of this process, which keeps all its jobs and chunks. After a loss it takes another id. */
@Injectable()
export class WorkerLease {
  private readonly pool: Pool;
  private id: string | null = null;
  /** Milliseconds of `performance.now()`, which also runs on while the process is stopped. */
  private renewedAt = -Infinity;

  constructor(
    private readonly environment: Environment,
    @InjectDataSource() source: DataSource,
  ) {
    this.pool = poolOf(source);
  }

  /** Null before the first sign of life, and after a loss. */
  get workerId(): string | null {
    return this.id;
  }

  /** Whether no other worker can have taken what this one holds. */
  get isSure(): boolean {
    const { JOB_LEASE } = this.environment;
    return this.id !== null && performance.now() - this.renewedAt < JOB_LEASE * 1000 * (1 - MARGIN);
  }

  /** Gives the sign of life; false when an earlier one came too late and all that was held is lost. */
  async renew(): Promise<boolean> {
    const { JOB_LEASE, ROLE } = this.environment;
    const asked = performance.now();
    if (this.id === null) {
      const id = uuid();
      await insertWorker(this.pool, id, ROLE, JOB_LEASE);
      this.id = id;
    } else if (!(await renewWorker(this.pool, this.id, JOB_LEASE))) {
      this.id = null;
      return false;
    }
    this.renewedAt = asked;
    return true;
  }

  /** Gives up all that is held. */
  async release(): Promise<void> {
    const { id } = this;
    this.id = null;
    if (id !== null) await removeWorker(this.pool, id);
  }
}
