/** What may go wrong between Facet and another machine, as it is stored with a row. */
export const FAILURE_CLASSES = [
  'invalid_url',
  'blocked_address',
  'dns',
  'connect',
  'tls',
  'timeout',
  'http_4xx',
  'http_5xx',
  'rate_limited',
  'too_large',
  'not_an_image',
  'bad_response',
  'circuit_open',
] as const;

export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** Classes that another try may mend. The others say something about the URL or its host that stays true. */
const WORTH_RETRYING: ReadonlySet<FailureClass> = new Set([
  'dns',
  'connect',
  'timeout',
  'http_5xx',
  'rate_limited',
  'circuit_open',
]);

/** Classes that speak against the health of the host and may open its circuit. */
const UNHEALTHY: ReadonlySet<FailureClass> = new Set(['dns', 'connect', 'tls', 'timeout', 'http_5xx']);

/** Seconds that a host's Retry-After is believed at most: a hostile one may not park rows for ever. */
const LONGEST_RETRY_AFTER = 300;

/**
 * Why an exchange came to nothing: a class for programs and a sentence for people. The sentence is stored and shown, so
 * it never carries an address that a name resolved to, nor a library's own message.
 */
export class OutboundFailure extends Error {
  /** Seconds after which the host is willing to be asked again; at most 300. */
  readonly retryAfter?: number;

  constructor(
    readonly failure: FailureClass,
    message: string,
    retryAfter?: number,
  ) {
    super(message);
    this.name = 'OutboundFailure';
    if (retryAfter !== undefined) this.retryAfter = Math.min(retryAfter, LONGEST_RETRY_AFTER);
  }
}

export const isWorthRetrying = (failure: FailureClass): boolean => WORTH_RETRYING.has(failure);

export const isUnhealthy = (failure: FailureClass): boolean => UNHEALTHY.has(failure);

/** Seconds that a `Retry-After` asks for, in either of its forms (RFC 9110, 10.2.3); undefined when it has neither. */
export function retryAfterSeconds(header: string | string[] | undefined, now = Date.now()): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const date = /^[A-Za-z]{3,9},/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
