import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Environment } from '../../platform/config/environment.js';
import { poolOf } from '../../platform/database/pool.js';
import { enterWorker, leaveWorker, renewWorker } from './lease.queries.js';

/** The last part of a lease, in which it is not relied upon. */
const MARGIN = 0.1;

/** This worker's sign of life, which keeps all its chunks. Its own id is the fence: after a loss it takes another. */
@Injectable()
export class WorkerLease {
  private readonly pool: Pool;
  private readonly seconds: number;
  private id: string | null = null;
  /** Milliseconds of `performance.now()`, which also runs on while the process is stopped. */
  private renewedAt = -Infinity;

  constructor({ BATCH_LEASE }: Environment, @InjectDataSource() source: DataSource) {
    this.pool = poolOf(source);
    this.seconds = BATCH_LEASE;
  }

  /** Null before the first sign of life, and after a loss. */
  get workerId(): string | null {
    return this.id;
  }

  /** Whether nobody else can have taken what this worker holds. */
  get isSure(): boolean {
    return this.id !== null && performance.now() - this.renewedAt < this.seconds * 1000 * (1 - MARGIN);
  }

  /** Gives the sign of life; false when an earlier one came too late and all that was held is lost. */
  async renew(): Promise<boolean> {
    const asked = performance.now();
    if (this.id === null) {
      const id = uuid();
      await enterWorker(this.pool, id, this.seconds);
      this.id = id;
    } else if (!(await renewWorker(this.pool, this.id, this.seconds))) {
      this.id = null;
      return false;
    }
    this.renewedAt = asked;
    return true;
  }

  /** Gives up all that is held. */
  async end(): Promise<void> {
    const { id } = this;
    this.id = null;
    if (id !== null) await leaveWorker(this.pool, id);
  }
}
