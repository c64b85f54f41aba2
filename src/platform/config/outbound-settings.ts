import { IsIn, IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';
import { isIP } from 'node:net';
import { AddressPolicy } from '../outbound/security/address-policy.js';
import { Decimal, UrlOf, WholeNumber } from './setting-rules.js';

export const RETRY_STRATEGIES = ['exponential', 'linear', 'fibonacci', 'fixed'] as const;
export const ENDPOINT_FORMATS = ['json', 'openai'] as const;

const Allowed = () =>
  ValidateBy({
    name: 'allowed',
    validator: {
      validate: (value) => typeof value === 'string' && parses(value),
      defaultMessage: () => 'must be a comma-separated list of CIDRs, addresses or host:port',
    },
  });

const DnsServers = () =>
  ValidateBy({
    name: 'dnsServers',
    validator: {
      validate: (value) => typeof value === 'string' && listOf(value).every(isServer),
      defaultMessage: () => 'must be a comma-separated list of addresses, each with or without :port',
    },
  });

/** How Facet meets other machines: whom it may ask, how long, how often, and which AI is the operator's. */
export class OutboundSettings {
  /** Comma-separated CIDRs, addresses or host:port that may be reached though they are not public. */
  @IsString()
  @MaxLength(10_000)
  @Allowed()
  readonly OUTBOUND_ALLOW: string = '';

  /** Comma-separated DNS servers, `address` or `address:port`, asked for every name; empty asks those of the machine. */
  @IsString()
  @DnsServers()
  readonly OUTBOUND_DNS_SERVERS: string = '';

  /** Seconds for the name, TCP and TLS of a connection together. */
  @Decimal(0.1, 300)
  readonly OUTBOUND_CONNECT_TIMEOUT: number = 10;

  /** Seconds until the first byte of an answer. */
  @Decimal(0.1, 3600)
  readonly OUTBOUND_FIRST_BYTE_TIMEOUT: number = 30;

  /** Seconds for a whole fetch, redirects included. */
  @Decimal(0.1, 3600)
  readonly OUTBOUND_TOTAL_TIMEOUT: number = 60;

  /** Bytes of one fetched image at most. */
  @WholeNumber(1, 2 ** 31)
  readonly OUTBOUND_MAX_BYTES: number = 52_428_800;

  /** Bytes a second that an answer has to bring on average, looked at from its fifth second on; 0 takes any. */
  @WholeNumber(0, 2 ** 31)
  readonly OUTBOUND_LEAST_RATE: number = 1024;

  /** Requests that a worker has with one image host at once. */
  @WholeNumber(1, 10_000)
  readonly OUTBOUND_HOST_CONCURRENCY: number = 32;

  /** Requests a second that a worker sends to one image host. */
  @Decimal(0.01, 100_000)
  readonly OUTBOUND_HOST_RATE: number = 200;

  /** Percent of failures within the window above which the circuit of a host opens. */
  @WholeNumber(1, 100)
  readonly OUTBOUND_CIRCUIT_FAILURES: number = 50;

  /** Requests within the window below which a circuit never opens. */
  @WholeNumber(1, 1_000_000)
  readonly OUTBOUND_CIRCUIT_VOLUME: number = 20;

  /** Seconds over which a circuit counts. */
  @Decimal(0.1, 3600)
  readonly OUTBOUND_CIRCUIT_WINDOW: number = 10;

  /** Seconds after which an open circuit lets one request through. */
  @Decimal(0.1, 3600)
  readonly OUTBOUND_CIRCUIT_RESET: number = 30;

  /**
   * Seconds that a row waits for an open circuit before it fails as `circuit_open`, and that refusals with `Retry-After`
   * of a host that answers others take none of its tries away.
   */
  @Decimal(0, 86_400)
  readonly OUTBOUND_CIRCUIT_PATIENCE: number = 600;

  /** How the waits between tries grow. */
  @IsIn(RETRY_STRATEGIES)
  readonly OUTBOUND_RETRY_STRATEGY: (typeof RETRY_STRATEGIES)[number] = 'exponential';

  /** Tries of one row in all. */
  @WholeNumber(1, 100)
  readonly OUTBOUND_RETRY_ATTEMPTS: number = 4;

  /** Seconds that the strategy multiplies. */
  @Decimal(0, 3600)
  readonly OUTBOUND_RETRY_DELAY: number = 1;

  /** Seconds that a wait between tries has at most. */
  @Decimal(0, 86_400)
  readonly OUTBOUND_RETRY_LONGEST: number = 60;

  /** The external AI; empty means that there is none. */
  @IsOptional()
  @UrlOf('http', 'https')
  readonly API_ENDPOINT_URL?: string;

  /** Sent to the external AI as `Authorization: Bearer`. */
  @IsOptional()
  @IsString()
  readonly API_ENDPOINT_KEY?: string;

  /** What the external AI speaks: our own JSON, or OpenAI's chat completions. */
  @IsIn(ENDPOINT_FORMATS)
  readonly API_ENDPOINT_FORMAT: (typeof ENDPOINT_FORMATS)[number] = 'json';

  /** The model that chat completions name when the batch names none. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly API_ENDPOINT_MODEL?: string;

  /** Seconds that the external AI may take for one answer. */
  @Decimal(0.1, 3600)
  readonly REQUEST_TIMEOUT: number = 60;

  get dnsServers(): string[] {
    return listOf(this.OUTBOUND_DNS_SERVERS);
  }

  get outboundLimits() {
    return {
      firstByteSeconds: this.OUTBOUND_FIRST_BYTE_TIMEOUT,
      totalSeconds: this.OUTBOUND_TOTAL_TIMEOUT,
      maxBytes: this.OUTBOUND_MAX_BYTES,
      minBytesPerSecond: this.OUTBOUND_LEAST_RATE,
    };
  }

  /** The politeness that is owed to hosts that users name. */
  get hostPoliteness() {
    return {
      name: 'users-host',
      maxConcurrency: this.OUTBOUND_HOST_CONCURRENCY,
      maxRequestsPerSecond: this.OUTBOUND_HOST_RATE,
    };
  }

  get circuitRules() {
    return {
      failurePercent: this.OUTBOUND_CIRCUIT_FAILURES,
      minRequests: this.OUTBOUND_CIRCUIT_VOLUME,
      windowSeconds: this.OUTBOUND_CIRCUIT_WINDOW,
      resetSeconds: this.OUTBOUND_CIRCUIT_RESET,
    };
  }

  get retryPolicy() {
    return {
      strategy: this.OUTBOUND_RETRY_STRATEGY,
      delaySeconds: this.OUTBOUND_RETRY_DELAY,
      maxDelaySeconds: this.OUTBOUND_RETRY_LONGEST,
    };
  }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

function parses(allow: string): boolean {
  try {
    AddressPolicy.parse(allow);
    return true;
  } catch {
    return false;
  }
}

const isServer = (server: string): boolean =>
  isIP(server) !== 0 || isIP(server.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1')) !== 0;
