import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, util } from 'undici';
import { type Body, type BodyFailed, Collected, tooLarge } from './body.js';
import { connectionLost } from './connection-lost.js';
import type { Serves } from './host.js';
import { type Head, judge } from './judge.js';
import { OutboundFailure } from './outbound.failure.js';
import type { Watch, Watched } from './watch.js';

export interface Limits {
  /** Seconds until the headers. */
  readonly firstByte: number;
  /** Seconds all in all, with redirects. */
  readonly total: number;
  /** Bytes of the body, before and after decoding. */
  readonly bytes: number;
  /** Bytes a second that a body has to bring on average, looked at from its fifth second on. */
  readonly leastRate: number;
}

export interface ExchangeParts {
  readonly limits: Limits;
  /** By the monotonic clock, in milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  readonly keep: Keep;
  readonly serves: Serves;
  readonly watch: Watch;
}

/** Where the body of a success goes, once its encoding is known. @param cap bytes after decoding. */
export type Keep = (encoding: string, cap: number, failed: BodyFailed) => Body;

/** Milliseconds for which a body may be slow. */
const GRACE = 5000;

/** Bytes that are kept of the body of a refusal, after which the connection is cut. */
const EXCERPT = 4096;

const NOTHING = Buffer.alloc(0);

/** Nobody asks for those of a success. */
const NO_HEADERS: IncomingHttpHeaders = Object.freeze({});

/**
 * One request and its answer within limits; made for undici, which calls it as the answer comes in. It speaks undici's
 * older protocol: the newer one is laid around it, with two objects more for every answer.
 */
export class Exchange implements Dispatcher.DispatchHandler, Watched {
  private readonly began = performance.now();
  private excerpt: Collected | undefined;
  private abort: ((error: Error) => void) | undefined;
  private head: Head | undefined;
  private headAt = 0;
  private bytes = 0;
  private body: Body | undefined;
  private ended = false;
  private resume: () => void = () => undefined;
  place = 0;

  private constructor(
    private readonly parts: ExchangeParts,
    private readonly resolve: (head: Head) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** @throws OutboundFailure, also for what `judge` lets not pass, or the reason of the signal. */
  static run(dispatcher: Dispatcher, request: Dispatcher.DispatchOptions, parts: ExchangeParts): Promise<Head> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(parts, resolve, reject);
      parts.watch.add(exchange);
      dispatcher.dispatch(request, exchange);
    });
  }

  onConnect(abort: (error: Error) => void): void {
    this.abort = abort;
    // It failed while it waited for its connection, and must not be sent any more.
    if (this.ended) abort(new Error('given up'));
  }

  /** What undici is answered here and for data: whether it may go on, or has to wait for `resume`. */
  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200 || this.ended) return true;
    this.resume = resume;
    this.headAt = performance.now();
    const spurned = status >= 300;
    this.head = {
      status,
      headers: spurned ? util.parseHeaders(raw) : NO_HEADERS,
      excerpt: NOTHING,
    };
    if (spurned) this.body = this.excerpt = new Collected();
    else this.open(raw);
    return true;
  }

  private open(raw: Buffer[]): void {
    const { keep, limits } = this.parts;
    if (Number(valueOf(raw, 'content-length')) > limits.bytes) {
      this.fail(tooLarge(limits.bytes));
      return;
    }
    try {
      this.body = keep(valueOf(raw, 'content-encoding').toLowerCase().trim(), limits.bytes, (error) => {
        this.fail(error);
      });
    } catch (error) {
      this.fail(error as Error);
    }
  }

  onData(chunk: Buffer): boolean {
    if (this.ended || !this.body) return true;
    this.bytes += chunk.length;
    if (this.body !== this.excerpt && this.bytes > this.parts.limits.bytes) {
      this.fail(tooLarge(this.parts.limits.bytes));
      return true;
    }
    const more = this.body.write(chunk, this.resume);
    if (this.body === this.excerpt && this.bytes >= EXCERPT) {
      this.succeed();
      this.abort?.(new Error('enough has been read'));
    }
    return more;
  }

  onComplete(): void {
    if (this.ended || !this.body) return;
    if (this.body instanceof Collected) {
      this.succeed();
      return;
    }
    this.body.end().then(
      () => {
        this.succeed();
      },
      (error: unknown) => {
        this.fail(error as Error);
      },
    );
  }

  onError(error: Error): void {
    this.fail(connectionLost(error));
  }

  check(now: number): void {
    const { limits, deadline, signal } = this.parts;
    if (signal?.aborted) this.fail(reasonOf(signal));
    else if (now > deadline) this.fail(timeout(`The answer was not complete within ${limits.total} s.`));
    else if (!this.head && now - this.began > limits.firstByte * 1000) {
      this.fail(timeout(`There was no answer within ${limits.firstByte} s.`));
    } else if (this.head && this.isSlow(now)) {
      this.fail(timeout(`The answer came in slower than ${limits.leastRate} bytes a second.`));
    }
  }

  private isSlow(now: number): boolean {
    const spent = now - this.headAt;
    return spent > GRACE && this.bytes * 1000 < this.parts.limits.leastRate * spent;
  }

  private succeed(): void {
    if (!this.head || !this.leave()) return;
    const head = this.excerpt ? { ...this.head, excerpt: this.excerpt.bytes } : this.head;
    try {
      this.resolve(judge(head, this.parts.serves));
    } catch (error) {
      this.reject(error as Error);
    }
  }

  private fail(error: Error): void {
    if (!this.leave()) return;
    this.body?.discard();
    this.abort?.(error);
    this.reject(error);
  }

  /** Whether it was under way until now. */
  private leave(): boolean {
    if (this.ended) return false;
    this.ended = true;
    this.parts.watch.remove(this);
    return true;
  }
}

/** Of a header by its name in lower case; empty when it is not there. */
function valueOf(raw: readonly Buffer[], name: string): string {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const given = raw[at];
    if (given?.length === name.length && given.toString('latin1').toLowerCase() === name)
      return raw[at + 1]?.toString('latin1') ?? '';
  }
  return '';
}

function reasonOf({ reason }: AbortSignal): Error {
  const given: unknown = reason;
  return given instanceof Error ? given : new Error(String(given));
}

const timeout = (message: string) => new OutboundFailure('timeout', message);
