import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { EventEmitter } from 'node:events';
import { REDIS, REDIS_SUBSCRIBER } from '../redis/redis.module.js';
import { Acknowledgements } from './acknowledgements.js';

const CHANNEL = 'facet:events';

/** The topic of changes of continuity; a symbol cannot collide with the name of an event. */
const CONTINUITY = Symbol('continuity');

export interface FacetEvent {
  /** For example `analysis.completed`. */
  readonly type: string;
  /** Of the row that it happened to. */
  readonly id: string;
}

interface Message extends FacetEvent {
  /** Where to acknowledge that the event has been acted on, when its publisher waits for that. */
  readonly acknowledgement?: { readonly channel: string; readonly id: string };
}

/**
 * Publishes events to every process after the commit. Delivery is at most once: a listener that must not miss anything
 * reads the row as well.
 */
@Injectable()
export class EventsService implements OnModuleInit {
  private readonly logger = new Logger(EventsService.name);
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly acknowledgements = new Acknowledgements();

  /** Number of the current subscription, which has no gaps; null in a gap. */
  private listening: number | null = null;
  private listenings = 0;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(REDIS_SUBSCRIBER) private readonly subscriber: Redis,
  ) {}

  onModuleInit(): void {
    this.subscriber.on('message', (channel, message) => {
      if (channel === CHANNEL) this.receive(JSON.parse(message) as Message);
      else this.acknowledgements.receive(message);
    });
    // Also after a start while Redis was away, when the first attempt failed.
    this.subscriber.on('ready', () => void this.listen());
    this.subscriber.on('close', () => {
      if (this.listening !== null) this.setListening(null);
    });
    if (this.subscriber.status === 'ready') void this.listen();
  }

  /** Number of the current subscription: while it is the same, no event was missed but those on their way. Null in a gap. */
  get continuity(): number | null {
    return this.listening;
  }

  private async listen(): Promise<void> {
    try {
      await this.subscriber.subscribe(CHANNEL, this.acknowledgements.channel);
      this.setListening(++this.listenings);
    } catch (error) {
      this.logger.warn(`Subscribing to events failed; retrying when Redis is back: ${String(error)}`);
    }
  }

  private setListening(listening: number | null): void {
    this.listening = listening;
    this.emitter.emit(CONTINUITY);
  }

  private receive({ type, id, acknowledgement }: Message): void {
    const event: FacetEvent = { type, id };
    this.emitter.emit(type, event);
    this.emitter.emit(id, event);
    if (acknowledgement) void this.send(acknowledgement.channel, acknowledgement.id);
  }

  publish(event: FacetEvent): void {
    void this.send(CHANNEL, JSON.stringify(event));
  }

  /** Resolves once every subscribed process has acted on the event, after a second, or when Redis cannot be reached. */
  async announce(event: FacetEvent): Promise<void> {
    const { channel } = this.acknowledgements;
    await this.acknowledgements.collect((id) => {
      const message: Message = { ...event, acknowledgement: { channel, id } };
      return this.send(CHANNEL, JSON.stringify(message));
    });
  }

  /** Returns the number of processes that it was delivered to. */
  private async send(channel: string, message: string): Promise<number> {
    try {
      return await this.redis.publish(channel, message);
    } catch (error) {
      this.logger.debug(`Publishing an event failed; listeners read the row at their next interval: ${String(error)}`);
      return 0;
    }
  }

  /** Calls `listener` when events begin to be missed, and when they are received again. Returns a function that unsubscribes. */
  onContinuityChange(listener: () => void): () => void {
    this.emitter.on(CONTINUITY, listener);
    return () => this.emitter.off(CONTINUITY, listener);
  }

  /** @param topic a type of event or the id of a row. Returns a function that unsubscribes. */
  on(topic: string, listener: (event: FacetEvent) => void): () => void {
    this.emitter.on(topic, listener);
    return () => this.emitter.off(topic, listener);
  }
}
