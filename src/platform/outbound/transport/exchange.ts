import type { Dispatcher } from 'undici';
import { OutboundFailure } from '../outbound.failure.js';
import { type BodySink, type OpenSink, type SinkOwner, tooLarge } from './body-sink.js';
import { classify } from './classify.js';
import { connectionFailure } from './connection-error.js';
import type { Deadlined, DeadlineWatch } from './deadline-watch.js';
import type { RequestLimits } from './outbound-request.js';
import { headerOf, ReceivedResponse } from './received-response.js';

export interface ExchangeParts {
  readonly limits: RequestLimits;
  /** By the monotonic clock, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  readonly openSink: OpenSink;
  readonly watch: DeadlineWatch;
}

/** Milliseconds for which a body may be slow. */
const SLOW_BODY_GRACE_MS = 5000;

/** Statuses whose responses have no body, whatever their headers say (RFC 9110, 6.4.1). */
const BODILESS_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * One request and its response within limits; made for undici, which calls it as the response arrives. It implements
 * undici's older handler protocol: the newer one is laid around it, with two objects more for every response.
 */
export class Exchange implements Dispatcher.DispatchHandler, Deadlined, SinkOwner {
  private readonly startedAt = performance.now();
  private abort: ((error: Error) => void) | undefined;
  private status = 0;
  private rawHeaders: Buffer[] = [];
  private headersAt = 0;
  private bytes = 0;
  private sink: BodySink | undefined;
  private ended = false;
  private resume: () => void = () => undefined;
  position = 0;

  private constructor(
    private readonly method: string,
    private readonly parts: ExchangeParts,
    private readonly resolve: (response: ReceivedResponse) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** @throws ErrorResponse for a status that is no success, OutboundFailure, or the reason of the signal. */
  static run(
    dispatcher: Dispatcher,
    request: Dispatcher.DispatchOptions,
    parts: ExchangeParts,
  ): Promise<ReceivedResponse> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(request.method, parts, resolve, reject);
      parts.watch.add(exchange);
      dispatcher.dispatch(request, exchange);
    });
  }

  onConnect(abort: (error: Error) => void): void {
    this.abort = abort;
    // It failed while it waited for its connection, and must not be sent any more.
    if (this.ended) abort(new Error('given up'));
  }

  /** Returns to undici, here and for data, whether it may go on or has to wait for `resume`. */
  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void): boolean {
    if (status < 200 || this.ended) return true;
    this.resume = resume;
    this.headersAt = performance.now();
    this.status = status;
    this.rawHeaders = rawHeaders;
    this.openSink();
    return true;
  }

  private openSink(): void {
    const hasBody = this.method !== 'HEAD' && !BODILESS_STATUSES.has(this.status);
    const lengthBytes = hasBody ? headerOf(this.rawHeaders, 'content-length') : '0';
    const encoding = lengthBytes === '0' ? '' : headerOf(this.rawHeaders, 'content-encoding').toLowerCase().trim();
    try {
      this.sink = this.parts.openSink(this.status, encoding, this);
      const { overflow, maxBytes } = this.sink;
      if (overflow === 'fail' && Number(lengthBytes) > maxBytes) this.fail(tooLarge(maxBytes));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  onData(chunk: Buffer): boolean {
    if (this.ended || !this.sink) return true;
    const { maxBytes, overflow } = this.sink;
    this.bytes += chunk.length;
    const isTooLarge = this.bytes > maxBytes;
    if (isTooLarge && overflow === 'fail') {
      this.fail(tooLarge(maxBytes));
      return true;
    }
    const more = this.sink.write(chunk, this.resume);
    if (isTooLarge) this.cutOff();
    return more;
  }

  onComplete(): void {
    if (this.ended || !this.sink) return;
    const stored = this.sink.end();
    if (!stored) {
      this.succeed(false);
      return;
    }
    stored.then(
      () => {
        this.succeed(false);
      },
      (error: unknown) => {
        this.fail(error as Error);
      },
    );
  }

  onError(error: Error): void {
    this.fail(connectionFailure(error));
  }

  check(nowMs: number): void {
    const { limits, deadlineMs, signal } = this.parts;
    if (signal?.aborted) this.fail(reasonOf(signal));
    else if (nowMs > deadlineMs) this.fail(timeout(`The answer was not complete within ${limits.totalSeconds} s.`));
    else if (!this.sink && nowMs - this.startedAt > limits.firstByteSeconds * 1000) {
      this.fail(timeout(`There was no answer within ${limits.firstByteSeconds} s.`));
    } else if (this.sink && this.isSlow(nowMs)) {
      this.fail(timeout(`The answer came in slower than ${limits.minBytesPerSecond} bytes a second.`));
    }
  }

  private isSlow(nowMs: number): boolean {
    const spentMs = nowMs - this.headersAt;
    return spentMs > SLOW_BODY_GRACE_MS && this.bytes * 1000 < this.parts.limits.minBytesPerSecond * spentMs;
  }

  cutOff(): void {
    if (this.succeed(true)) this.abort?.(new Error('enough has been read'));
  }

  private succeed(truncated: boolean): boolean {
    if (!this.sink || !this.leave()) return false;
    const response = new ReceivedResponse(this.status, this.rawHeaders, this.sink, truncated);
    if (truncated) this.sink.discard();
    const failure = classify(response);
    if (failure) this.reject(failure);
    else this.resolve(response);
    return true;
  }

  fail(error: Error): void {
    if (!this.leave()) return;
    this.sink?.discard();
    this.abort?.(error);
    this.reject(error);
  }

  /** Returns whether the exchange was under way until now. */
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
