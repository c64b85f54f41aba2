import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { EventEmitter } from 'node:events';
import { REDIS, REDIS_SUBSCRIBER } from '../redis/redis.module.js';
import { Receipts } from './receipts.js';

const CHANNEL = 'facet:events';

/** Its topic among those of events, whose names are texts. */
const CONTINUITY = Symbol('continuity');

export interface FacetEvent {
  /** For example `analysis.completed`. */
  readonly type: string;
  /** Of the row that it happened to. */
  readonly id: string;
}

interface Message extends FacetEvent {
  /** Where to say that the event has been acted on, when somebody waits for that. */
  readonly receipt?: { readonly channel: string; readonly id: string };
}

/**
 * What happened, told to every process after the commit. Delivery is at most once: a listener that must not miss
 * anything looks at the row as well.
 */
@Injectable()
export class EventsService implements OnModuleInit {
  private readonly logger = new Logger(EventsService.name);
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly receipts = new Receipts();

  /** Counts the times of listening without a gap; null in a gap. */
  private listening: number | null = null;
  private listenings = 0;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(REDIS_SUBSCRIBER) private readonly subscriber: Redis,
  ) {}

  onModuleInit(): void {
    this.subscriber.on('message', (channel, message) => {
      if (channel === CHANNEL) this.hear(JSON.parse(message) as Message);
      else this.receipts.heard(message);
    });
    // Also after a start while Redis was away, when the first try was in vain.
    this.subscriber.on('ready', () => void this.listen());
    this.subscriber.on('close', () => {
      if (this.listening !== null) this.setListening(null);
    });
    if (this.subscriber.status === 'ready') void this.listen();
  }

  /** The same number as before: no event was missed in between, but for those that are still on their way. */
  get continuity(): number | null {
    return this.listening;
  }

  private async listen(): Promise<void> {
    try {
      await this.subscriber.subscribe(CHANNEL, this.receipts.channel);
      this.setListening(++this.listenings);
    } catch (error) {
      this.logger.warn(`Events are not heard: ${String(error)}`);
    }
  }

  private setListening(listening: number | null): void {
    this.listening = listening;
    this.emitter.emit(CONTINUITY);
  }

  private hear({ type, id, receipt }: Message): void {
    const event: FacetEvent = { type, id };
    this.emitter.emit(type, event);
    this.emitter.emit(id, event);
    if (receipt) void this.send(receipt.channel, receipt.id);
  }

  publish(event: FacetEvent): void {
    void this.send(CHANNEL, JSON.stringify(event));
  }

  /**
   * Publishes an event and resolves when Redis has taken it.
   * @throws when Redis is away
   */
  async deliver({ type, id }: FacetEvent): Promise<void> {
    await this.redis.publish(CHANNEL, JSON.stringify({ type, id }));
  }

  /** Resolves once every process that listens has acted on the event, or Redis could not be reached. */
  async announce(event: FacetEvent): Promise<void> {
    const { channel } = this.receipts;
    await this.receipts.collect((id) => {
      const message: Message = { ...event, receipt: { channel, id } };
      return this.send(CHANNEL, JSON.stringify(message));
    });
  }

  /** Returns the number of processes that it was delivered to. */
  private async send(channel: string, message: string): Promise<number> {
    try {
      return await this.redis.publish(channel, message);
    } catch (error) {
      this.logger.debug(`An event was not published: ${String(error)}`);
      return 0;
    }
  }

  /** Calls `listener` when events begin to be missed, and when they are heard again. Returns the way to stop listening. */
  onContinuityChange(listener: () => void): () => void {
    this.emitter.on(CONTINUITY, listener);
    return () => this.emitter.off(CONTINUITY, listener);
  }

  /** @param topic a type of event or the id of a row. Returns the way to stop listening. */
  on(topic: string, listener: (event: FacetEvent) => void): () => void {
    this.emitter.on(topic, listener);
    return () => this.emitter.off(topic, listener);
  }
}
