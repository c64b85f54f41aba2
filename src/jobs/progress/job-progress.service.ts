import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { EventsService } from '../../platform/events/events.service.js';
import { REDIS } from '../../platform/redis/redis.module.js';

export interface Progress {
  /** 0–99 while a job runs. */
  readonly progress: number;
  readonly message: string;
}

/** A run of a job: what is started over gets another `job_id`. */
export interface Run {
  readonly id: string;
  readonly job_id: string;
}

const KEEP_SECONDS = 600;

/** Runs of which this process remembers what it has shown. */
const MAX_ENTRIES = 10_000;

/** The larger percentage stands, from whichever worker it comes: a worker that was thought lost does not turn the clock back. */
const REPORT = `
local progress = tonumber(ARGV[1])
local told = redis.call('GET', KEYS[1])
if told then progress = math.max(progress, cjson.decode(told).progress) end
redis.call('SET', KEYS[1], cjson.encode({ progress = progress, message = ARGV[2] }), 'EX', ARGV[3])`;

const keyOf = ({ id, job_id }: Run) => `facet:progress:${id}:${job_id}`;

/**
 * Carries how far running jobs are from workers to API processes, through Redis. Fine-grained and forgetful: the row keeps a
 * coarse value, and the larger of the two is the truth.
 */
@Injectable()
export class JobProgressService {
  private readonly logger = new Logger(JobProgressService.name);
  private readonly shown = new LRUCache<string, Progress>({ max: MAX_ENTRIES });

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly events: EventsService,
  ) {}

  /**
   * Never waits and never fails: the next report makes up for one that was lost.
   * @param event beginning of the type of its event, such as `analysis`
   */
  report(event: string, run: Run, { progress, message }: Progress): void {
    this.redis.eval(REPORT, 1, keyOf(run), progress, message, KEEP_SECONDS).catch((error: unknown) => {
      this.logger.debug(`Progress was not reported: ${String(error)}`);
    });
    this.events.publish({ type: `${event}.progress`, id: run.id });
  }

  /** Returns what was reported last of this run; never less than this process has shown before, though Redis may forget. */
  async read(run: Run): Promise<Progress | null> {
    const key = keyOf(run);
    const found = await this.redis.get(key).catch(() => null);
    const reported = found ? (JSON.parse(found) as Progress) : null;
    const before = this.shown.get(key);
    if (!reported) return before ?? null;
    const shown = { ...reported, progress: Math.max(reported.progress, before?.progress ?? 0) };
    this.shown.set(key, shown);
    return shown;
  }
}
