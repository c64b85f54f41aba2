import { lookup, Resolver } from 'node:dns/promises';

/** Every address of a name; rejects as `node:dns` does. */
export type NameLookup = (name: string) => Promise<string[]>;

/** Milliseconds for one question to one server, and how often it is asked. */
const PATIENCE = { timeout: 2000, tries: 2 };

/** Asks these DNS servers (`address` or `address:port`) for every name. */
export function askServers(servers: readonly string[]): NameLookup {
  const resolver = new Resolver(PATIENCE);
  resolver.setServers(servers);
  return (name) => addressesOf(resolver, name);
}

/**
 * Asks as the machine is set up. Names of the public internet go straight to its DNS servers, of which any number may be
 * asked at once; `isOurs` tells the names that may stand in /etc/hosts or a search domain, for which the C library is
 * asked, which has two threads for that.
 */
export function askSystem(isOurs: (name: string) => boolean): NameLookup {
  const resolver = new Resolver(PATIENCE);
  return async (name) => {
    if (name.includes('.') && !isOurs(name)) return addressesOf(resolver, name);
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
