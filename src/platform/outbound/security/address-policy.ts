import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** Blocks of IPv4 that are not on the public internet, or that lead back into a machine or its cloud. */
const CLOSED_IPV4 = [
  '0.0.0.0/8', // this network (RFC 791); 0.0.0.0 reaches the machine itself
  '10.0.0.0/8', // private (RFC 1918)
  '100.64.0.0/10', // carrier-grade NAT (RFC 6598), and Alibaba's metadata
  '127.0.0.0/8', // loopback (RFC 1122)
  '168.63.129.16/32', // Azure's host, which answers as if it were public
  '169.254.0.0/16', // link-local (RFC 3927), and most clouds' metadata
  '172.16.0.0/12', // private (RFC 1918)
  '192.0.0.0/24', // protocol assignments (RFC 6890), and Oracle's metadata
  '192.0.2.0/24', // documentation (RFC 5737)
  '192.88.99.0/24', // 6to4 relays (RFC 7526)
  '192.168.0.0/16', // private (RFC 1918)
  '198.18.0.0/15', // benchmarks (RFC 2544)
  '198.51.100.0/24', // documentation (RFC 5737)
  '203.0.113.0/24', // documentation (RFC 5737)
  '224.0.0.0/4', // multicast (RFC 5771)
  '240.0.0.0/4', // reserved (RFC 1112), and broadcast
];

/**
 * The only block of IPv6 from which public addresses are given out (RFC 4291). What lies outside needs no naming:
 * unspecified, loopback, IPv4-mapped and -compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard, unique local with
 * its metadata (fd00:ec2::254), link-local, site-local, multicast.
 */
const OPEN_IPV6 = '2000::/3';

/** Blocks within it that are not public, or carry an IPv4 address to which they lead. */
const CLOSED_IPV6 = [
  '2001::/23', // protocol assignments (RFC 2928): Teredo, benchmarks, ORCHID
  '2001:db8::/32', // documentation (RFC 3849)
  '2002::/16', // 6to4 (RFC 3056)
  '3fff::/20', // documentation (RFC 9637)
];

type Block = readonly [IPv4 | IPv6, number];

const block = (cidr: string): Block => ipaddr.parseCIDR(cidr);
const closedIpv4 = CLOSED_IPV4.map(block);
const closedIpv6 = CLOSED_IPV6.map(block);
const openIpv6 = block(OPEN_IPV6);

const within = (address: IPv4 | IPv6, [start, bits]: Block): boolean =>
  address.kind() === start.kind() && address.match(start, bits);

/** Returns whether an address is on the public internet. */
const isPublic = (address: IPv4 | IPv6): boolean =>
  address.kind() === 'ipv4'
    ? !closedIpv4.some((closed) => within(address, closed))
    : within(address, openIpv6) && !closedIpv6.some((closed) => within(address, closed));

/** Decides which addresses may be reached: public ones, and those that the operator allows besides. */
export class AddressPolicy {
  private readonly hostnames: ReadonlySet<string>;

  private constructor(
    private readonly blocks: readonly Block[],
    private readonly places: ReadonlySet<string>,
  ) {
    this.hostnames = new Set([...places].map((place) => place.replace(/:\d+$/, '')));
  }

  /**
   * @param allow comma-separated CIDRs, addresses, or host:port, whose host is a name or an address (`[::1]:80`).
   * @throws Error naming the entry that is none of these.
   */
  static parse(allow: string): AddressPolicy {
    const entries = allow
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== '');
    const blocks = entries.filter((entry) => isBlock(entry)).map(blockOf);
    const places = entries.filter((entry) => !isBlock(entry)).map(placeOf);
    return new AddressPolicy(blocks, new Set(places));
  }

  /** Returns whether `address`, to which `hostname` led, may be connected to at `port`. */
  permits(address: string, hostname: string, port: number): boolean {
    if (this.places.has(`${hostname}:${port}`)) return true;
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.parse(address);
    return isPublic(parsed) || this.blocks.some((allowed) => within(parsed, allowed));
  }

  /** Returns whether the operator has named this host, with whatever port. */
  names(hostname: string): boolean {
    return this.hostnames.has(hostname);
  }
}

const isBlock = (entry: string) => ipaddr.isValidCIDR(entry) || ipaddr.isValid(entry);

const blockOf = (entry: string): Block => {
  if (ipaddr.isValidCIDR(entry)) return block(entry);
  const address = ipaddr.parse(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
};

function placeOf(entry: string): string {
  const port = /:(\d{1,5})$/.exec(entry)?.[1];
  const url = port && URL.canParse(`http://${entry}`) ? new URL(`http://${entry}`) : null;
  if (url?.pathname !== '/' || url.username !== '') {
    throw new Error(`${entry} is neither a CIDR, nor an address, nor host:port`);
  }
  return `${url.hostname.replace(/^\[|\]$/g, '')}:${Number(port)}`;
}
