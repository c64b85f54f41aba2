import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { EventsService } from '../platform/events/events.service.js';
import { REDIS } from '../platform/redis/redis.module.js';

export interface Progress {
  /** 0–99 while an analysis runs. */
  readonly progress: number;
  readonly message: string;
}

/** Seconds for which the last word of a running analysis is kept. */
const KEEP = 600;

const keyOf = (id: string, jobId: string) => `facet:progress:${id}:${jobId}`;

/**
 * How far running analyses are, carried from workers to API processes through Redis. Fine-grained and forgetful: the
 * row keeps a coarse value, and the larger of the two is the truth.
 */
@Injectable()
export class ProgressService {
  private readonly logger = new Logger(ProgressService.name);

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly events: EventsService,
  ) {}

  /** Never waits and never fails: the next report makes up for one that was lost. */
  report(id: string, jobId: string, progress: Progress): void {
    this.redis.set(keyOf(id, jobId), JSON.stringify(progress), 'EX', KEEP).catch((error: unknown) => {
      this.logger.debug(`Progress was not reported: ${String(error)}`);
    });
    this.events.publish({ type: 'analysis.progress', id });
  }

  /** What was reported last of this run; null when nothing was, or Redis is away. */
  async read(id: string, jobId: string): Promise<Progress | null> {
    const found = await this.redis.get(keyOf(id, jobId)).catch(() => null);
    return found ? (JSON.parse(found) as Progress) : null;
  }
}
