import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { EventsService } from '../../platform/events/events.service.js';
import { REDIS } from '../../platform/redis/redis.module.js';

export interface Progress {
  /** 0–99 while an analysis runs. */
  readonly progress: number;
  readonly message: string;
}

/** Seconds for which the last word of a running analysis is kept. */
const KEEP = 600;

/** Runs of which this process remembers what it has told. */
const REMEMBERED = 10_000;

/** The larger percentage stands, whoever says it: a worker that was thought lost does not turn the clock back. */
const REPORT = `
local progress = tonumber(ARGV[1])
local told = redis.call('GET', KEYS[1])
if told then progress = math.max(progress, cjson.decode(told).progress) end
redis.call('SET', KEYS[1], cjson.encode({ progress = progress, message = ARGV[2] }), 'EX', ARGV[3])`;

const keyOf = (id: string, jobId: string) => `facet:progress:${id}:${jobId}`;

/**
 * How far running analyses are, carried from workers to API processes through Redis. Fine-grained and forgetful: the
 * row keeps a coarse value, and the larger of the two is the truth.
 */
@Injectable()
export class ProgressService {
  private readonly logger = new Logger(ProgressService.name);
  private readonly told = new Map<string, Progress>();

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly events: EventsService,
  ) {}

  /** Never waits and never fails: the next report makes up for one that was lost. */
  report(id: string, jobId: string, { progress, message }: Progress): void {
    this.redis.eval(REPORT, 1, keyOf(id, jobId), progress, message, KEEP).catch((error: unknown) => {
      this.logger.debug(`Progress was not reported: ${String(error)}`);
    });
    this.events.publish({ type: 'analysis.progress', id });
  }

  /** What was reported last of this run; never less than this process has told before, though Redis may forget. */
  async read(id: string, jobId: string): Promise<Progress | null> {
    const key = keyOf(id, jobId);
    const found = await this.redis.get(key).catch(() => null);
    const said = found ? (JSON.parse(found) as Progress) : null;
    const before = this.told.get(key);
    if (!said) return before ?? null;
    return this.remember(key, { ...said, progress: Math.max(said.progress, before?.progress ?? 0) });
  }

  private remember(key: string, progress: Progress): Progress {
    this.told.delete(key);
    this.told.set(key, progress);
    for (const oldest of this.told.keys()) {
      if (this.told.size <= REMEMBERED) break;
      this.told.delete(oldest);
    }
    return progress;
  }
}
