import { getQueueToken } from '@nestjs/bull';
import { Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bull';
import { inTime } from '../platform/in-time.js';

/** Milliseconds that Redis has to take an announcement before the rescuer is left to make it. */
const ENQUEUE_TIMEOUT_MS = 1_000;

/** Announcements of one call: a worker that hears one works until nothing is due, so that a few are enough to wake all. */
const MAX_ANNOUNCEMENTS = 64;

/** What a Bull job carries. It wakes a worker up, who claims whatever is due; the row is the truth. */
export interface Announcement {
  readonly id: string;
}

/** Tells workers through Bull that jobs are due. Losing an announcement loses nothing: the rescuer makes it again. */
@Injectable()
export class JobQueue {
  private readonly logger = new Logger(JobQueue.name);

  constructor(private readonly modules: ModuleRef) {}

  /** The Bull queue of a kind. */
  of(kind: string): Queue<Announcement> {
    return this.modules.get<string, Queue<Announcement>>(getQueueToken(kind), { strict: false });
  }

  /** The same, or null when no module of this process has it. */
  find(kind: string): Queue<Announcement> | null {
    try {
      return this.of(kind);
    } catch {
      return null;
    }
  }

  /** Announces jobs, once a `job_id`, however often it is called; false when Redis did not take it. Never fails. */
  async enqueue(kind: string, jobs: readonly { id: string; job_id: string }[]): Promise<boolean> {
    const announcements = jobs
      .slice(0, MAX_ANNOUNCEMENTS)
      .map(({ id, job_id }) => ({ data: { id }, opts: { jobId: job_id } }));
    if (announcements.length === 0) return true;
    try {
      await inTime(ENQUEUE_TIMEOUT_MS, this.of(kind).addBulk(announcements));
      return true;
    } catch (error) {
      this.logger.warn(`enqueue failed; the rescuer will retry: ${String(error)}`);
      return false;
    }
  }
}
