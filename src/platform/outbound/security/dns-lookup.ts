import { lookup, Resolver } from 'node:dns/promises';

/** Returns every address of a name; rejects as `node:dns` does. */
export type DnsLookup = (name: string) => Promise<string[]>;

/** Milliseconds for one query to one server, and how often it is sent. */
const QUERY_LIMITS = { timeout: 2000, tries: 2 };

/** Queries these DNS servers (`address` or `address:port`) for every name. */
export function lookupByServers(servers: readonly string[]): DnsLookup {
  const resolver = new Resolver(QUERY_LIMITS);
  resolver.setServers(servers);
  return (name) => addressesOf(resolver, name);
}

/**
 * Looks names up as the machine is set up. Names of the public internet go straight to its DNS servers, which take any
 * number of queries at once; `isLocal` tells the names that may stand in /etc/hosts or a search domain, which the C
 * library resolves in its two threads.
 */
export function lookupBySystem(isLocal: (name: string) => boolean): DnsLookup {
  const resolver = new Resolver(QUERY_LIMITS);
  return async (name) => {
    if (name.includes('.') && !isLocal(name)) return addressesOf(resolver, name);
    return (await lookup(name, { all: true })).map(({ address }) => address);
  };
}

/** IPv4 first: more machines can reach it. */
async function addressesOf(resolver: Resolver, name: string): Promise<string[]> {
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [failed] = answers.filter((answer) => answer.status === 'rejected');
  if (addresses.length === 0 && failed) throw failed.reason;
  return addresses;
}
