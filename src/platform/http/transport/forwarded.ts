import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** IPv4 with a port, or IPv6 in brackets with or without one, as some proxies write. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([0-9a-f:.]+)\](?::\d+)?)$/i;

/** Leaves nothing in `X-Forwarded-For` but addresses, whatever a client or a proxy has written there. */
export function tidyForwardedFor({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const given = headers['x-forwarded-for'];
  if (given === undefined) return;
  const addresses = String(given)
    .split(',')
    .map((entry) => {
      const [, v4, v6] = WITH_PORT.exec(entry.trim()) ?? [];
      return v4 ?? v6 ?? entry.trim();
    });
  // What stands before something that is no address was not written by a proxy that knows what it does.
  const lastFault = addresses.findLastIndex((address) => isIP(address) === 0 || address.includes('%'));
  const believable = addresses.slice(lastFault + 1);
  if (believable.length > 0) headers['x-forwarded-for'] = believable.join(', ');
  else delete headers['x-forwarded-for'];
}
