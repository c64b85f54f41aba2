import type { IncomingHttpHeaders } from 'node:http';
import type { PolitenessPolicy } from '../scheduling/politeness-policy.js';
import type { Overflow } from './body-sink.js';

/** Names and their values in turn, as undici takes them: objects that differ by their members cost more. */
export type Headers = readonly string[];

/** All registered methods but CONNECT and TRACE, which are for proxies and diagnosis. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** Limits of one request with its redirects. */
export interface RequestLimits {
  /** Seconds until the headers. */
  readonly firstByteSeconds: number;
  /** Seconds in all, redirects included. */
  readonly totalSeconds: number;
  /** Bytes of the body, before and after decoding. */
  readonly maxBytes: number;
  /** Bytes a second that a body has to bring on average, checked from its fifth second on. */
  readonly minBytesPerSecond: number;
}

export interface OutboundRequest {
  readonly url: string;
  /** For whom it is counted. */
  readonly ownerId: string | null;
  readonly politeness: PolitenessPolicy;
  readonly method?: HttpMethod;
  /** Any type of content is accepted when none are given. */
  readonly headers?: Headers;
  readonly body?: string | Buffer;
  /** When it is aborted the promise rejects with its reason, which counts for nothing. */
  readonly signal?: AbortSignal;
  /** Instead of the configured ones, which `OutboundService.limits` has. */
  readonly limits?: RequestLimits;
}

export interface SendRequest extends OutboundRequest {
  /** What becomes of a body with more bytes than the limit; `fail` when not given. */
  readonly overflow?: Overflow;
  /** False returns a redirect instead of following it. */
  readonly followRedirects?: boolean;
}

/** A response with a status of 200 to 299. */
export interface Success {
  readonly status: number;
  /** The URL that answered in the end. */
  readonly url: string;
  readonly body: Buffer;
}

/** A response with whatever status. */
export interface OutboundResponse extends Success {
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Whether the body was longer than the limit and is cut off. */
  readonly truncated: boolean;
}
