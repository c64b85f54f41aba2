import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import { BLOCKED } from './normalize-url.js';
import type { DnsCache } from './dns-cache.js';
import { OutboundFailure } from '../outbound.failure.js';

/** What a connection leads to, by its name. */
interface Target {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

type Dial = (address: string, target: Target, milliseconds: number) => Promise<Socket | TLSSocket>;

/** Milliseconds that one of several addresses gets at least. */
const MIN_TRY_MS = 1000;

/**
 * Opens connections for undici, each to an address that was checked a moment before, so that a name cannot be checked
 * with one address and connected to with another. Certificates and the Host header go by the name.
 * @param seconds for the name, TCP and TLS together.
 */
export function pinnedConnector(
  dns: DnsCache,
  policy: AddressPolicy,
  seconds: number,
  tls: { readonly ca?: string } = {},
): buildConnector.connector {
  const dial = dialer(tls, seconds);
  const open = async (target: Target) => {
    const until = performance.now() + seconds * 1000;
    const addresses = await resolvedWithin(seconds, addressesOf(target, dns, policy));
    return firstToAnswer(addresses, until, (address, milliseconds) => dial(address, target, milliseconds));
  };
  return ({ hostname, protocol, port }, callback) => {
    const secure = protocol === 'https:';
    open({ hostname, secure, port: port === '' ? (secure ? 443 : 80) : Number(port) }).then(
      (socket) => {
        callback(null, socket);
      },
      (error: unknown) => {
        callback(error as Error, null);
      },
    );
  };
}

/** Returns the addresses of the target that may be connected to; at least one. */
async function addressesOf(target: Target, dns: DnsCache, policy: AddressPolicy): Promise<string[]> {
  const { hostname, port } = target;
  const found = isIP(hostname) === 0 ? await dns.addressesOf(hostname) : [hostname];
  const permitted = found.filter((address) => policy.permits(address, hostname, port));
  if (permitted.length === 0) throw new OutboundFailure('blocked_address', BLOCKED);
  return permitted;
}

async function resolvedWithin(seconds: number, answer: Promise<string[]>): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new OutboundFailure('dns', 'The name of the host was not resolved in time.'));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function firstToAnswer(
  addresses: string[],
  until: number,
  dial: (address: string, milliseconds: number) => Promise<Socket>,
): Promise<Socket> {
  let last = new OutboundFailure('connect', 'The connection was not opened in time.');
  for (const [index, address] of addresses.entries()) {
    const left = until - performance.now();
    if (left <= 0) break;
    const share = Math.min(left, Math.max(MIN_TRY_MS, left / (addresses.length - index)));
    try {
      return await dial(address, share);
    } catch (error) {
      // A machine that was there with a wrong certificate: its other addresses have the same.
      if (!(error instanceof OutboundFailure) || error.failure === 'tls') throw error;
      last = error;
    }
  }
  throw last;
}

/** Connects to one address. The time is kept here, since undici's own timers are coarse. */
function dialer(tls: { readonly ca?: string }, seconds: number): Dial {
  // Declared to return nothing, it returns the socket, which tells how far the connection has come.
  const connector = buildConnector({ ...tls, timeout: 2 * seconds * 1000, maxCachedSessions: 1000 }) as unknown as (
    ...parameters: Parameters<buildConnector.connector>
  ) => Socket;
  return (address, { hostname, port, secure }, milliseconds) =>
    new Promise((resolve, reject) => {
      let reached = false;
      const options = {
        hostname: address,
        port: String(port),
        protocol: secure ? 'https:' : 'http:',
        // An address is no server name (RFC 6066); its certificate is held against the address itself.
        servername: isIP(hostname) === 0 ? hostname : '',
      };
      const dialled = connector(options, (error, socket) => {
        clearTimeout(timer);
        if (error) reject(connectFailure(error, reached));
        else resolve(socket);
      });
      dialled.once('connect', () => {
        reached = true;
      });
      const timer = setTimeout(() => {
        reject(tooLate(reached));
        dialled.destroy();
      }, milliseconds);
    });
}

const tooLate = (reached: boolean) =>
  reached
    ? new OutboundFailure('timeout', 'The secure connection was not agreed upon in time.')
    : new OutboundFailure('connect', 'The connection was not opened in time.');

/** What fails after TCP has been agreed upon is TLS. */
const connectFailure = (error: Error & { code?: string }, reached: boolean): OutboundFailure => {
  if (reached) return new OutboundFailure('tls', `The secure connection failed${named(error.code)}.`);
  return new OutboundFailure('connect', `The connection failed${named(error.code)}.`);
};

/** Codes such as CERT_HAS_EXPIRED and ECONNREFUSED tell the owner of the host what to mend. */
const named = (code: string | undefined) => (code && /^[A-Z0-9_]{3,60}$/.test(code) ? `: ${code}` : '');
