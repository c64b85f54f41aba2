import ipaddr from 'ipaddr.js';

/** The party that a request is counted for. */
export interface Requester {
  /** Null for anonymous callers. */
  readonly ownerId: string | null;
  /** Of the key that was used, if one was. */
  readonly apiKeyId?: string | null;
  readonly ipAddress: string;
}

/** A key has a budget of its own, so that a script that runs wild does not lock its owner out. */
export function subjectOf({ ownerId, apiKeyId, ipAddress }: Requester): string {
  if (apiKeyId) return `key:${apiKeyId}`;
  return ownerId ? `user:${ownerId}` : `ip:${networkOf(ipAddress)}`;
}

/** Bits of an IPv6 address that tell one connection to the Internet from another; the rest its user may choose. */
const PREFIX = 64;

/** What stands for one anonymous party: an IPv4 address, or the network of an IPv6 address. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString().split('%')[0] ?? ''}/${PREFIX}`).toString()}/${PREFIX}`;
}
