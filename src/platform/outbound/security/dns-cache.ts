import { OutboundFailure } from '../outbound.failure.js';
import type { DnsLookup } from './dns-lookup.js';

/** Seconds for which answers are kept, whatever their own time to live: good ones and bad ones. */
const TTL_SECONDS = 30;
const FAILURE_TTL_SECONDS = 5;

const MAX_ENTRIES = 10_000;

/** Addresses of one name that are used. */
const MAX_ADDRESSES = 16;

interface Entry {
  readonly addresses: Promise<string[]>;
  expiresAt: number;
}

/** Caches the addresses of names briefly; concurrent look-ups of one name share one query. */
export class DnsCache {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly lookup: DnsLookup) {}

  /** @throws OutboundFailure `dns` */
  addressesOf(name: string): Promise<string[]> {
    const known = this.entries.get(name);
    if (known && known.expiresAt > performance.now()) return known.addresses;
    return this.refresh(name).addresses;
  }

  private refresh(name: string): Entry {
    const entry: Entry = { addresses: this.resolve(name), expiresAt: Number.POSITIVE_INFINITY };
    const keepFor = (seconds: number) => () => {
      entry.expiresAt = performance.now() + seconds * 1000;
    };
    entry.addresses.then(keepFor(TTL_SECONDS), keepFor(FAILURE_TTL_SECONDS));
    this.entries.delete(name);
    this.entries.set(name, entry);
    this.evictOldest();
    return entry;
  }

  private async resolve(name: string): Promise<string[]> {
    try {
      const addresses = await this.lookup(name);
      if (addresses.length > 0) return addresses.slice(0, MAX_ADDRESSES);
    } catch (error) {
      if (!isNotFound(error)) throw new OutboundFailure('dns', 'The name of the host could not be resolved.');
    }
    throw new OutboundFailure('dns', 'The name of the host has no address.');
  }

  private evictOldest(): void {
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MAX_ENTRIES) return;
      this.entries.delete(oldest);
    }
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA');
