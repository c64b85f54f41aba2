import { rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';
import type { BatchSettings } from '../config/batch-settings.js';
import { AddressPolicy } from './address-policy.js';
import { Collected, intoMemory, NewFile } from './body.js';
import { pinnedConnector } from './connector.js';
import { Exchange, type ExchangeParts, type Keep, type Limits } from './exchange.js';
import type { Host, Serves, Wait } from './host.js';
import { Hosts } from './hosts.js';
import type { Head } from './judge.js';
import { askServers, askSystem, type NameLookup } from './name-lookup.js';
import { Names } from './names.js';
import { checkUrl, type NormalizedUrl, normalizeUrl } from './normalize-url.js';
import { isWorthRetrying, OutboundFailure } from './outbound.failure.js';
import { type Errand, type Headers, MOST_REDIRECTS, redirected } from './redirect.js';
import { retryDelay } from './retry-delay.js';
import type { RetryEvent, Statistics } from './statistics.js';
import { Watch } from './watch.js';

export interface OutboundRequest {
  readonly url: string;
  /** Whose row it is. */
  readonly ownerId: string | null;
  readonly serves: Serves;
  readonly method?: 'GET' | 'POST';
  /** Any type of content is accepted when none are given. */
  readonly headers?: Headers;
  readonly body?: string | Buffer;
  /** When it is aborted the promise rejects with its reason, which counts for nothing. */
  readonly signal?: AbortSignal;
  /** Instead of the configured ones, which `limits` has. */
  readonly limits?: Limits;
}

export interface OutboundAnswer {
  /** 200–299 */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The URL that answered in the end. */
  readonly url: string;
  readonly body: Buffer;
}

/** A URL that may be asked, and the parts of it that are needed then. */
interface Destination {
  /** As it was given. */
  readonly text: string;
  readonly host: string;
  readonly origin: string;
  readonly path: string;
}

const ANY_CONTENT: Headers = ['accept', '*/*'];

/** Compressed answers cost their sender little and us much; images gain nothing by it. */
const OWN_HEADERS: Headers = ['accept-encoding', 'identity', 'user-agent', 'Facet'];

/** The only door to the network: whatever leaves Facet on somebody's wish goes through here. */
export class OutboundService {
  private readonly policy: AddressPolicy;
  private readonly hosts: Hosts;
  /** As configured. */
  readonly limits: Limits;
  private readonly watch = new Watch();
  private lastChecked: Destination | undefined;
  private readonly connector: ReturnType<typeof pinnedConnector>;

  constructor(
    private readonly settings: BatchSettings,
    private readonly statistics: Statistics,
    lookup?: NameLookup,
  ) {
    this.policy = AddressPolicy.parse(settings.OUTBOUND_ALLOW);
    this.hosts = new Hosts(settings.circuitRules, settings.courtesy);
    this.limits = settings.outboundLimits;
    const names = new Names(lookup ?? this.configuredLookup());
    this.connector = pinnedConnector(names, this.policy, settings.OUTBOUND_CONNECT_TIMEOUT);
  }

  private configuredLookup(): NameLookup {
    const { dnsServers } = this.settings;
    return dnsServers.length > 0 ? askServers(dnsServers) : askSystem((name) => this.policy.names(name));
  }

  /** See `normalizeUrl`; by the policy of OUTBOUND_ALLOW. */
  normalize(text: string): NormalizedUrl {
    return normalizeUrl(text, this.policy);
  }

  /**
   * Null when the host may be asked: a `fetch` in the same tick takes the place. Else why not, and when it is worth
   * looking again; a row waits for that without holding a place. Of a half-open circuit one caller gets null.
   */
  waitBefore(host: string, serves: Serves, ownerId: string | null = null): Wait | null {
    const wait = this.hosts.get(host).wait(serves);
    if (wait?.reason === 'circuit_open') this.statistics.rejected(host, ownerId);
    return wait;
  }

  /**
   * One exchange with its redirects, without retries.
   * @throws OutboundFailure for everything but a 2xx; at once when the host may not be asked now.
   */
  async fetch(request: OutboundRequest): Promise<OutboundAnswer> {
    const kept = new Collected();
    const keep: Keep = (encoding, cap, failed) => intoMemory(kept, encoding, cap, failed);
    const { head, url } = await this.follow(request, keep);
    return { status: head.status, headers: head.headers, url, body: kept.bytes };
  }

  /** The same into a new file at `path`, which does not remain after a failure. */
  async download(request: OutboundRequest, path: string): Promise<Omit<OutboundAnswer, 'body'>> {
    const file = new NewFile(path);
    try {
      const keep: Keep = (encoding, cap, failed) => file.open(encoding, cap, failed);
      const { head, url } = await this.follow(request, keep);
      await file.rest();
      return { status: head.status, headers: head.headers, url };
    } catch (error) {
      await file.rest();
      if (file.opened) await rm(path, { force: true });
      throw error;
    }
  }

  private async follow(request: OutboundRequest, keep: Keep): Promise<{ head: Head; url: string }> {
    const { url, serves, method = 'GET', headers = ANY_CONTENT, body, signal, limits = this.limits } = request;
    signal?.throwIfAborted();
    const deadline = performance.now() + limits.total * 1000;
    const parts: ExchangeParts = { limits, deadline, signal, watch: this.watch, keep, serves };
    let errand: Errand = { url, method, headers, body };
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const head = await this.ask(errand, redirects, request, parts);
      const next = redirected(errand, head);
      if (!next) return { head, url: errand.url };
      errand = next;
    }
    throw new OutboundFailure('bad_response', `It redirects more than ${MOST_REDIRECTS} times.`);
  }

  private async ask(
    errand: Errand,
    redirects: number,
    { serves, ownerId }: OutboundRequest,
    parts: ExchangeParts,
  ): Promise<Head> {
    const to = this.destination(errand.url, redirects > 0);
    const host = this.hosts.get(to.host);
    // Politeness is owed where the row leads; a redirect asks only whether its host is well.
    const courtesy = redirects > 0 ? 'ai' : serves;
    const wait = host.wait(courtesy);
    if (wait) throw this.turnedAway(wait, host.name, ownerId);
    host.enter(courtesy);
    const began = performance.now();
    try {
      const head = await host.circuit.run(() => this.exchange(errand, to, host, parts));
      const now = performance.now();
      this.statistics.answered(host.name, ownerId, now - began);
      host.answered(now);
      return head;
    } catch (error) {
      this.statistics.failed(host.name, ownerId, performance.now() - began, error);
      if (error instanceof OutboundFailure) host.heed(error);
      throw error;
    } finally {
      host.leave();
    }
  }

  private destination(text: string, isRedirect: boolean): Destination {
    // An AI is asked at the same URL for every row.
    if (text === this.lastChecked?.text) return this.lastChecked;
    const url = checkUrl(text, this.policy);
    if (url instanceof URL) {
      const { host, origin, pathname, search } = url;
      return (this.lastChecked = { text, host, origin, path: pathname + search });
    }
    // The row's own URL was valid; it is the answer that was not.
    const failure = isRedirect && url.failure === 'invalid_url' ? 'bad_response' : url.failure;
    throw new OutboundFailure(failure, isRedirect ? `After a redirect: ${url.message}` : url.message);
  }

  private turnedAway({ reason, milliseconds }: Wait, host: string, ownerId: string | null): OutboundFailure {
    const seconds = milliseconds / 1000;
    if (reason !== 'circuit_open') return new OutboundFailure('rate_limited', 'The host is asked enough.', seconds);
    this.statistics.rejected(host, ownerId);
    return new OutboundFailure('circuit_open', 'The host has failed too often and is left alone.', seconds);
  }

  private exchange(errand: Errand, { origin, path }: Destination, host: Host, parts: ExchangeParts): Promise<Head> {
    const { method, headers, body = null } = errand;
    const pool = host.pool(origin, () => this.connect(origin));
    return Exchange.run(pool, { method, path, headers: [...headers, ...OWN_HEADERS], body }, parts);
  }

  private connect(origin: string): Pool {
    // A connection is free again a moment after its row: without a bound the next row would open another.
    const connections = this.settings.BATCH_CONCURRENCY;
    // Limits are kept by Watch, so undici's own are off; so is its age of connections, looked at for each at every request.
    return new Pool(origin, { connections, connect: this.connector, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Seconds that a row may wait for an open circuit, or for a host that names a time and answers others. */
  get circuitPatience(): number {
    return this.settings.OUTBOUND_CIRCUIT_PATIENCE;
  }

  /** Whether a host answers, if not everybody: a refusal that names a time is then for its rate. */
  answersLately(host: string): boolean {
    return this.hosts.get(host).answeredWithin(this.circuitPatience);
  }

  /** Milliseconds before the next try after the failure of try `attempt`, from 1, or 0 when it did not count; null when there is none. */
  retryDelay({ failure, retryAfter }: OutboundFailure, attempt: number): number | null {
    const { OUTBOUND_RETRY_ATTEMPTS, retryPace } = this.settings;
    if (!isWorthRetrying(failure) || attempt >= OUTBOUND_RETRY_ATTEMPTS) return null;
    return retryDelay(retryPace, Math.max(1, attempt), retryAfter);
  }

  /** Counts another try, or how a row that was tried again has ended. */
  countRetry(host: string, ownerId: string | null, what: RetryEvent): void {
    this.statistics.retried(host, ownerId, what);
  }

  troubledHosts(): ReturnType<Hosts['troubled']> {
    return this.hosts.troubled();
  }

  onApplicationShutdown(): void {
    this.hosts.close();
  }
}
