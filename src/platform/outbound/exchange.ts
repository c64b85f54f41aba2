import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
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

/** One request and its answer within limits; made for undici, which calls it as the answer comes in. */
export class Exchange implements Dispatcher.DispatchHandler, Watched {
  private readonly began = performance.now();
  private excerpt: Collected | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private head: Head | undefined;
  private headAt = 0;
  private bytes = 0;
  private body: Body | undefined;
  private ended = false;
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

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // It failed while it waited for its connection, and must not be sent any more.
    if (this.ended) controller.abort(new Error('given up'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.ended) return;
    this.head = { status, headers, excerpt: NOTHING };
    this.headAt = performance.now();
    if (status >= 300) {
      this.body = this.excerpt = new Collected();
      return;
    }
    const { bytes } = this.parts.limits;
    if (Number(headers['content-length']) > bytes) {
      this.fail(tooLarge(bytes));
      return;
    }
    this.open(headers);
  }

  private open(headers: IncomingHttpHeaders): void {
    try {
      const { keep, limits } = this.parts;
      const encoding = (headers['content-encoding'] ?? '').toLowerCase().trim();
      this.body = keep(encoding, limits.bytes, (error) => {
        this.fail(error);
      });
    } catch (error) {
      this.fail(error as Error);
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.ended || !this.body) return;
    this.bytes += chunk.length;
    if (this.body !== this.excerpt && this.bytes > this.parts.limits.bytes) {
      this.fail(tooLarge(this.parts.limits.bytes));
      return;
    }
    const more = this.body.write(chunk, () => {
      controller.resume();
    });
    if (!more) controller.pause();
    if (this.body === this.excerpt && this.bytes >= EXCERPT) {
      this.succeed();
      controller.abort(new Error('enough has been read'));
    }
  }

  onResponseEnd(): void {
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

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
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
    this.controller?.abort(error);
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

function reasonOf({ reason }: AbortSignal): Error {
  const given: unknown = reason;
  return given instanceof Error ? given : new Error(String(given));
}

const timeout = (message: string) => new OutboundFailure('timeout', message);
