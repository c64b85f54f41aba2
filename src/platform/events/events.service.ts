import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { EventEmitter } from 'node:events';
import { REDIS, REDIS_SUBSCRIBER } from '../redis/redis.module.js';

const CHANNEL = 'facet:events';

export interface FacetEvent {
  /** For example `analysis.completed`. */
  readonly type: string;
  /** Of the row that it happened to. */
  readonly id: string;
}

/**
 * What happened, told to every process after the commit. Delivery is at most once: a listener that must not miss
 * anything looks at the row as well.
 */
@Injectable()
export class EventsService implements OnModuleInit {
  private readonly logger = new Logger(EventsService.name);
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  /** Counts the times of listening without a gap; null in a gap. */
  private listening: number | null = null;
  private listenings = 0;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(REDIS_SUBSCRIBER) private readonly subscriber: Redis,
  ) {}

  onModuleInit(): void {
    this.subscriber.on('message', (_channel, message) => {
      const event = JSON.parse(message) as FacetEvent;
      this.emitter.emit(event.type, event);
      this.emitter.emit(event.id, event);
    });
    // Also after a start while Redis was away, when the first try was in vain.
    this.subscriber.on('ready', () => void this.listen());
    this.subscriber.on('close', () => {
      this.listening = null;
    });
    if (this.subscriber.status === 'ready') void this.listen();
  }

  /** The same number as before: no event was missed in between, but for those that are still on their way. */
  get continuity(): number | null {
    return this.listening;
  }

  private async listen(): Promise<void> {
    try {
      await this.subscriber.subscribe(CHANNEL);
      this.listening = ++this.listenings;
    } catch (error) {
      this.logger.warn(`Events are not heard: ${String(error)}`);
    }
  }

  publish(event: FacetEvent): void {
    void this.announce(event);
  }

  /** Resolves once Redis has passed the event on, or could not be reached. */
  async announce(event: FacetEvent): Promise<void> {
    await this.redis.publish(CHANNEL, JSON.stringify(event)).catch((error: unknown) => {
      this.logger.debug(`An event was not published: ${String(error)}`);
    });
  }

  /** @param topic a type of event or the id of a row. Answers the way to stop listening. */
  on(topic: string, listener: (event: FacetEvent) => void): () => void {
    this.emitter.on(topic, listener);
    return () => this.emitter.off(topic, listener);
  }
}
