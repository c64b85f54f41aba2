import { rm } from 'node:fs/promises';
import { Pool } from 'undici';
import type { OutboundSettings } from '../config/outbound-settings.js';
import { isWorthRetrying, OutboundFailure } from './outbound.failure.js';
import type { Host, Wait } from './scheduling/host.js';
import { Hosts } from './scheduling/hosts.js';
import { type PolitenessPolicy, UNLIMITED } from './scheduling/politeness-policy.js';
import { retryDelay } from './scheduling/retry-delay.js';
import { AddressPolicy } from './security/address-policy.js';
import { pinnedConnector } from './security/connector.js';
import { DnsCache } from './security/dns-cache.js';
import { type DnsLookup, lookupByServers, lookupBySystem } from './security/dns-lookup.js';
import { checkUrl, type NormalizedUrl, normalizeUrl } from './security/normalize-url.js';
import type { RetryEvent, Statistics } from './statistics/statistics.js';
import type { OpenSink, SinkOwner } from './transport/body-sink.js';
import { ErrorResponse, isRedirectStatus } from './transport/classify.js';
import { DeadlineWatch } from './transport/deadline-watch.js';
import { Exchange, type ExchangeParts } from './transport/exchange.js';
import { NewFile } from './transport/file-sink.js';
import { MemorySink } from './transport/memory-sink.js';
import type {
  Headers,
  OutboundRequest,
  OutboundResponse,
  RequestLimits,
  SendRequest,
  Success,
} from './transport/outbound-request.js';
import type { ReceivedResponse } from './transport/received-response.js';
import { type HttpRequest, MAX_REDIRECTS, redirected } from './transport/redirect.js';

/** A URL that may be requested, and the parts of it that are needed then. */
interface Destination {
  /** As it was given. */
  readonly text: string;
  readonly host: string;
  readonly origin: string;
  readonly path: string;
}

interface Received {
  readonly response: ReceivedResponse;
  /** That was requested last. */
  readonly url: string;
}

const ANY_CONTENT: Headers = ['accept', '*/*'];

/** Compressed answers cost their sender little and us much; images gain nothing by it. */
const OWN_HEADERS: Headers = ['accept-encoding', 'identity', 'user-agent', 'Facet'];

/** Bytes that are kept of a body that the caller does not ask for: of a redirect, or of an error under `fetch`. */
const MAX_EXCERPT_BYTES = 4096;

/** Sends requests to other machines: nothing that a user names is reached in another way. */
export class OutboundService {
  private readonly policy: AddressPolicy;
  private readonly hosts: Hosts;
  /** As configured. */
  readonly limits: RequestLimits;
  private readonly watch = new DeadlineWatch();
  private lastChecked: Destination | undefined;
  private readonly connector: ReturnType<typeof pinnedConnector>;

  /** @param maxConnections to one origin, as many as there may be requests in flight. */
  constructor(
    private readonly settings: OutboundSettings,
    private readonly maxConnections: number,
    private readonly statistics: Statistics,
    lookup?: DnsLookup,
  ) {
    this.policy = AddressPolicy.parse(settings.OUTBOUND_ALLOW);
    this.hosts = new Hosts(settings.circuitRules);
    this.limits = settings.outboundLimits;
    const dns = new DnsCache(lookup ?? this.configuredLookup());
    this.connector = pinnedConnector(dns, this.policy, settings.OUTBOUND_CONNECT_TIMEOUT);
  }

  private configuredLookup(): DnsLookup {
    const { dnsServers } = this.settings;
    return dnsServers.length > 0 ? lookupByServers(dnsServers) : lookupBySystem((name) => this.policy.names(name));
  }

  /** See `normalizeUrl`; by the policy of OUTBOUND_ALLOW. */
  normalize(text: string): NormalizedUrl {
    return normalizeUrl(text, this.policy);
  }

  /**
   * Returns null when the host may get a request: one in the same tick takes the slot. Otherwise why not, and when it is
   * worth checking again; `HostWaitQueue` waits for that without holding a slot. Of a half-open circuit one caller gets
   * null.
   */
  waitBefore(host: string, politeness: PolitenessPolicy, ownerId: string | null = null): Wait | null {
    const wait = this.hosts.get(host).waitBefore(politeness);
    if (wait?.reason === 'circuit_open') this.statistics.rejected(host, ownerId);
    return wait;
  }

  /**
   * Sends one request, without retries, and returns the response with whatever status. The status counts for the
   * circuit, statistics and Retry-After of its host all the same.
   * @throws OutboundFailure when there is no response, or its body is too large; at once when the host must not get a
   * request now (`waitBefore`)
   */
  async send(request: SendRequest): Promise<OutboundResponse> {
    const { overflow = 'fail', followRedirects = true, limits: { maxBytes } = this.limits } = request;
    const { response, url } = await this.follow(request, followRedirects, (status, encoding, owner) =>
      followRedirects && isRedirectStatus(status)
        ? excerptSink(owner)
        : new MemorySink(owner, maxBytes, overflow, encoding),
    ).catch(receivedFrom);
    return {
      status: response.status,
      url,
      headers: response.headers,
      body: response.body,
      truncated: response.truncated,
    };
  }

  /**
   * Sends one request, without retries.
   * @throws OutboundFailure for everything but a 2xx: `ErrorResponse` when there is a response; at once when the host
   * must not get a request now (`waitBefore`)
   */
  async fetch(request: OutboundRequest): Promise<Success> {
    const { maxBytes } = request.limits ?? this.limits;
    const { response, url } = await this.follow(request, true, (status, encoding, owner) =>
      status < 300 ? new MemorySink(owner, maxBytes, 'fail', encoding) : excerptSink(owner),
    );
    return { status: response.status, url, body: response.body };
  }

  /** Does the same into a new file at `path`, which does not remain after a failure. */
  async download(request: OutboundRequest, path: string): Promise<Omit<Success, 'body'>> {
    const { maxBytes } = request.limits ?? this.limits;
    const file = new NewFile(path);
    try {
      const { response, url } = await this.follow(request, true, (status, encoding, owner) =>
        status < 300 ? file.openSink(encoding, maxBytes, owner) : excerptSink(owner),
      );
      await file.whenClosed();
      return { status: response.status, url };
    } catch (error) {
      await file.whenClosed();
      if (file.created) await rm(path, { force: true });
      throw error;
    }
  }

  private async follow(request: OutboundRequest, redirects: boolean, openSink: OpenSink): Promise<Received> {
    const { url, method = 'GET', headers = ANY_CONTENT, body, signal, limits = this.limits } = request;
    signal?.throwIfAborted();
    const deadlineMs = performance.now() + limits.totalSeconds * 1000;
    const parts: ExchangeParts = { limits, deadlineMs, signal, watch: this.watch, openSink };
    let current: HttpRequest = { url, method, headers, body };
    for (let followed = 0; followed <= MAX_REDIRECTS; followed += 1) {
      const response = await this.exchange(current, followed > 0, request, parts);
      const next = redirects ? redirected(current, response) : null;
      if (!next) return { response, url: current.url };
      current = next;
    }
    throw new OutboundFailure('bad_response', `It redirects more than ${MAX_REDIRECTS} times.`);
  }

  private async exchange(
    request: HttpRequest,
    isRedirect: boolean,
    { politeness, ownerId }: OutboundRequest,
    parts: ExchangeParts,
  ): Promise<ReceivedResponse> {
    const to = this.destination(request.url, isRedirect);
    const host = this.hosts.get(to.host);
    // Politeness is owed to the host that the caller named; of a redirect's host only the health is asked.
    const policy = isRedirect ? UNLIMITED : politeness;
    const wait = host.waitBefore(policy);
    if (wait) throw this.rejection(wait, host.name, ownerId);
    host.acquire(policy);
    const startedAt = performance.now();
    try {
      const response = await host.circuit.run(() => this.dispatch(request, to, host, parts));
      const now = performance.now();
      this.statistics.answered(host.name, ownerId, now - startedAt);
      host.recordSuccess(now);
      return response;
    } catch (error) {
      this.statistics.failed(host.name, ownerId, performance.now() - startedAt, error);
      if (error instanceof OutboundFailure) host.applyRetryAfter(error);
      if (error instanceof ErrorResponse) error.url = request.url;
      throw error;
    } finally {
      host.release();
    }
  }

  private destination(text: string, isRedirect: boolean): Destination {
    // An AI gets every request at the same URL.
    if (text === this.lastChecked?.text) return this.lastChecked;
    const url = checkUrl(text, this.policy);
    if (url instanceof URL) {
      const { host, origin, pathname, search } = url;
      return (this.lastChecked = { text, host, origin, path: pathname + search });
    }
    // The caller's own URL was valid; it is the answer that was not.
    const failure = isRedirect && url.failure === 'invalid_url' ? 'bad_response' : url.failure;
    throw new OutboundFailure(failure, isRedirect ? `After a redirect: ${url.message}` : url.message);
  }

  private rejection({ reason, milliseconds }: Wait, host: string, ownerId: string | null): OutboundFailure {
    const seconds = milliseconds / 1000;
    if (reason !== 'circuit_open') {
      return new OutboundFailure('rate_limited', 'The limit of requests to this host is reached.', seconds);
    }
    this.statistics.rejected(host, ownerId);
    return new OutboundFailure('circuit_open', 'The host has failed too often and gets no requests for now.', seconds);
  }

  private dispatch(
    { method, headers, body }: HttpRequest,
    { origin, path }: Destination,
    host: Host,
    parts: ExchangeParts,
  ): Promise<ReceivedResponse> {
    const pool = host.pool(origin, () => this.connect(origin));
    return Exchange.run(pool, { method, path, headers: [...headers, ...OWN_HEADERS], body: body ?? null }, parts);
  }

  private connect(origin: string): Pool {
    // A connection is free again a moment after its response: without a bound the next request would open another.
    const connections = this.maxConnections;
    // DeadlineWatch keeps the limits, so undici's own are off; so is its age of connections, checked at every request.
    return new Pool(origin, { connections, connect: this.connector, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Seconds that a request may wait for an open circuit, or for a host that names a time and answers others. */
  get circuitPatienceSeconds(): number {
    return this.settings.OUTBOUND_CIRCUIT_PATIENCE;
  }

  /** Returns whether a host has answered lately: a 429 that names a time is then for its rate. */
  answersLately(host: string): boolean {
    return this.hosts.get(host).hasAnsweredWithin(this.circuitPatienceSeconds);
  }

  /**
   * Returns the milliseconds before the next try after the failure of try `attempt`, from 1, or 0 when it did not count;
   * null when there is none.
   */
  retryDelay({ failure, retryAfter }: OutboundFailure, attempt: number): number | null {
    const { OUTBOUND_RETRY_ATTEMPTS, retryPolicy } = this.settings;
    if (!isWorthRetrying(failure) || attempt >= OUTBOUND_RETRY_ATTEMPTS) return null;
    return retryDelay(retryPolicy, Math.max(1, attempt), retryAfter);
  }

  /** Counts another try, or how a row that was tried again has ended. */
  countRetry(host: string, ownerId: string | null, what: RetryEvent): void {
    this.statistics.retried(host, ownerId, what);
  }

  /** Returns the hosts whose circuit is not closed. */
  openCircuits(): ReturnType<Hosts['withOpenCircuit']> {
    return this.hosts.withOpenCircuit();
  }

  onApplicationShutdown(): void {
    this.hosts.close();
  }
}

const excerptSink = (owner: SinkOwner) => new MemorySink(owner, MAX_EXCERPT_BYTES, 'truncate');

/** @throws the error when there was no response */
function receivedFrom(error: unknown): Received {
  if (error instanceof ErrorResponse) return error;
  throw error;
}
