import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { Pool } from 'undici';
import { buildDoor, failureOf, POLITE } from '../../../../test/support/network/door.js';
import { buildNameServer, type NameServer } from '../../../../test/support/network/name-server.js';
import { ownCertificate } from '../../../../test/support/network/own-certificate.js';
import { AddressPolicy } from './address-policy.js';
import { pinnedConnector } from './connector.js';
import { DnsCache } from './dns-cache.js';
import { lookupByServers } from './dns-lookup.js';

let server: Server;
let port: number;
let names: NameServer;
const serverNames: unknown[] = [];

beforeAll(async () => {
  server = createServer(ownCertificate, (request, response) => {
    serverNames.push([request.headers.host, (request.socket as TLSSocket & { servername?: string }).servername]);
    response.end('secure');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as { port: number });
  names = await buildNameServer(() => ['127.0.0.1']);
});

afterAll(() => {
  names.close();
  server.close();
  server.closeAllConnections();
});

it('does not trust a certificate that nobody vouches for', async () => {
  const { door } = buildDoor({ OUTBOUND_ALLOW: '127.0.0.0/8', OUTBOUND_DNS_SERVERS: names.address });
  for (const host of ['own.test', '127.0.0.1']) {
    const refused = await failureOf(door.fetch({ url: `https://${host}:${port}/`, ownerId: null, politeness: POLITE }));
    expect(refused).toMatchObject({ failure: 'tls', message: expect.stringContaining('SELF_SIGNED') });
  }
  expect(serverNames).toEqual([]);
  door.onApplicationShutdown();
});

/** As the door connects, with one more authority that is trusted. */
const connect = (host: string) => {
  const policy = AddressPolicy.parse('127.0.0.0/8');
  const connector = pinnedConnector(new DnsCache(lookupByServers([names.address])), policy, 5, {
    ca: ownCertificate.cert,
  });
  return new Pool(`https://${host}:${port}`, { connect: connector });
};

it('holds the certificate and the request against the name, though it connects to an address', async () => {
  const pool = connect('own.test');
  const { body } = await pool.request({ path: '/', method: 'GET' });
  expect(await body.text()).toBe('secure');
  expect(serverNames).toEqual([[`own.test:${port}`, 'own.test']]);
  await pool.close();
});

it.each(['other.test', '127.0.0.1'])('does not take the certificate of another for that of %s', async (host) => {
  const pool = connect(host);
  expect(await failureOf(pool.request({ path: '/', method: 'GET' }))).toMatchObject({
    failure: 'tls',
    message: expect.stringContaining('ALTNAME'),
  });
  await pool.close();
});
