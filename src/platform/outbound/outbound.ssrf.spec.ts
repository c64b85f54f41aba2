import { join } from 'node:path';
import { buildDoor, failureOf, POLITE } from '../../../test/support/network/door.js';
import { buildNameServer, type NameServer, type Zone } from '../../../test/support/network/name-server.js';
import { buildOddServer, misbehave, type OddServer } from '../../../test/support/network/odd-server.js';
import { PRIVATE_SPELLINGS } from '../../../test/support/network/private-spellings.js';
import type { OutboundService } from './outbound.service.js';
import { UNLIMITED } from './scheduling/politeness-policy.js';

/** Listens where nobody may be led: it must see no connection. */
let canary: OddServer;
let names: NameServer | undefined;
let doors: OutboundService[] = [];

beforeEach(async () => {
  canary = await buildOddServer(misbehave);
});

afterEach(async () => {
  for (const door of doors) door.onApplicationShutdown();
  doors = [];
  names?.close();
  names = undefined;
  await canary.close();
});

async function doorWith(zone: Zone, allow = ''): Promise<OutboundService> {
  names = await buildNameServer(zone);
  const { door } = buildDoor({ OUTBOUND_ALLOW: allow, OUTBOUND_DNS_SERVERS: names.address });
  doors.push(door);
  return door;
}

// As the operator's endpoint, to which no politeness is owed that would turn some of these requests back first.
const get = (door: OutboundService, url: string) => door.fetch({ url, ownerId: null, politeness: UNLIMITED });

it('leads to no private address in any spelling', async () => {
  const door = await doorWith(() => ['127.0.0.1']);
  expect(PRIVATE_SPELLINGS.length).toBeGreaterThan(60);
  for (const spelling of PRIVATE_SPELLINGS) {
    const { failure } = await failureOf(get(door, spelling.replace('PORT', String(canary.port))));
    expect({ spelling, failure }).toEqual({
      spelling,
      failure: expect.stringMatching(/^(invalid_url|blocked_address)$/),
    });
  }
  expect(canary.connections).toBe(0);
});

it.each([
  ['of this machine', ['127.0.0.1']],
  ['of this machine by IPv6', ['::1']],
  ['that is mapped', ['::ffff:7f00:1']],
  ['of the cloud', ['169.254.169.254']],
  ['of a private network', ['10.0.0.1', '192.168.0.1', 'fd00::1']],
])('does not follow a name to an address %s', async (_kind, addresses) => {
  const door = await doorWith(() => addresses);
  const { failure, message } = await failureOf(get(door, `http://inside.test:${canary.port}/`));
  expect(failure).toBe('blocked_address');
  for (const address of addresses) expect(message).not.toContain(address);
  expect(canary.connections).toBe(0);
});

it('connects to what was checked, however often a name changes its answer', async () => {
  // The open address answers on the canary's port; the canary's own is never opened.
  const open = await buildOddServer(misbehave, '127.0.0.2', canary.port);
  const door = await doorWith((_name, time) => [time % 2 === 1 ? '127.0.0.2' : '127.0.0.1'], '127.0.0.2/32');
  const names = Array.from({ length: 20 }, (_, index) => `http://rebind${index % 10}.test:${canary.port}/`);
  // Ten of them by names that have been asked for before, in a row, on connections that stay open.
  const answers = await Promise.allSettled(names.map((url) => get(door, url)));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  expect(open.requests.map(({ headers }) => headers.host)).toContain(`rebind3.test:${canary.port}`);
  expect(canary.connections).toBe(0);
  await open.close();
});

it('refuses the second answer of a name that was public at first', async () => {
  const open = await buildOddServer(misbehave, '127.0.0.2', canary.port);
  const zone: Zone = (_name, time) => [time === 1 ? '127.0.0.2' : '127.0.0.1'];
  const names = await buildNameServer(zone);
  const settings = { OUTBOUND_ALLOW: '127.0.0.2/32', OUTBOUND_DNS_SERVERS: names.address };
  const url = `http://rebind.test:${canary.port}/`;
  // Two processes, of which neither knows what the other was told.
  const [first, second] = [buildDoor(settings).door, buildDoor(settings).door];
  doors.push(first, second);
  expect(await get(first, url)).toMatchObject({ status: 200 });
  expect((await failureOf(get(second, url))).failure).toBe('blocked_address');
  expect(canary.connections).toBe(0);
  names.close();
  await open.close();
});

it('takes of several answers only those that are open', async () => {
  const open = await buildOddServer(misbehave, '127.0.0.2', canary.port);
  const door = await doorWith(() => ['127.0.0.1', '127.0.0.2', '::1'], '127.0.0.2/32');
  expect(await get(door, `http://mixed.test:${canary.port}/`)).toMatchObject({ status: 200 });
  expect(canary.connections).toBe(0);
  await open.close();
});

it('checks every redirect again', async () => {
  const open = await buildOddServer(misbehave, '127.0.0.2');
  const door = await doorWith((name) => [name === 'open.test' ? '127.0.0.2' : '127.0.0.1'], '127.0.0.2/32');
  const port = String(canary.port);
  // Beside a base, some of them are paths on the host that redirects.
  const elsewhere = PRIVATE_SPELLINGS.filter((each) => !/[\n\t]|^http:\/?[^/\\]|^[^:]+:PORT$/.test(each));
  const spellings = [...elsewhere, 'http://inside.test:PORT/'];
  for (const spelling of spellings) {
    const location = encodeURIComponent(spelling.trim().replace('PORT', port));
    const { failure } = await failureOf(get(door, `http://open.test:${open.port}/to?location=${location}`));
    expect({ spelling, failure }).toEqual({
      spelling,
      failure: expect.stringMatching(/^(bad_response|blocked_address)$/),
    });
  }
  expect(open.requests.length).toBeGreaterThan(60);
  expect(canary.connections).toBe(0);
  await open.close();
});

it('asks for a name once, however many want to know it', async () => {
  const open = await buildOddServer(misbehave, '127.0.0.2');
  const door = await doorWith(() => ['127.0.0.2'], '127.0.0.2/32');
  await Promise.all(Array.from({ length: 30 }, () => get(door, `http://one.test:${open.port}/`)));
  expect([...names!.questions].sort()).toEqual(['one.test A', 'one.test AAAA']);
  await open.close();
});

it.each([
  ['is not there', () => 'none' as const],
  ['has no address', () => []],
])('says so when a name %s', async (_case, zone) => {
  const door = await doorWith(zone);
  expect(await failureOf(get(door, 'http://missing.test/'))).toMatchObject({ failure: 'dns' });
});

it('does not wait for a name server that is silent', async () => {
  names = await buildNameServer(() => 'silence');
  const { door } = buildDoor({ OUTBOUND_DNS_SERVERS: names.address, OUTBOUND_CONNECT_TIMEOUT: 0.3 });
  doors.push(door);
  expect(await failureOf(get(door, 'http://silent.test/'))).toMatchObject({ failure: 'dns' });
});

it('leaves no file behind of what it refuses', async () => {
  const door = await doorWith(() => ['127.0.0.1']);
  const path = join(__dirname, 'never-made');
  const refused = door.download({ url: `http://127.0.0.1:${canary.port}/`, ownerId: null, politeness: POLITE }, path);
  expect((await failureOf(refused)).failure).toBe('blocked_address');
});
