import { AddressPolicy } from './address-policy.js';

const closed = AddressPolicy.parse('');
const permits = (address: string, policy = closed) => policy.permits(address, address, 80);

it.each([
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '255.255.255.255'],
  ['::', '1fff:ffff::'],
  ['2001::', '2001:1ff:ffff::'],
  ['2001:db8::', '2001:db8:ffff::'],
  ['2002::', '2002:ffff::'],
  ['3fff::', '3fff:fff:ffff::'],
  ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
])('keeps the block from %s to %s closed', (first, last) => {
  expect([permits(first), permits(last)]).toEqual([false, false]);
});

// The neighbours of the closed blocks, so that none is wider than it should be.
it.each([
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
  ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0', '192.88.98.255'],
  ...['192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '203.0.112.255', '203.0.114.0', '8.8.8.8'],
  ...['223.255.255.255', '168.63.129.15', '2001:200::', '2001:db7::', '2001:db9::', '2003::', '2606:4700::1111'],
])('lets %s be reached', (address) => {
  expect(permits(address)).toBe(true);
});

it('refuses what is no address at all', () => {
  expect(permits('nonsense')).toBe(false);
});

it('opens the blocks and places that the operator names, and no others', () => {
  const policy = AddressPolicy.parse('10.1.0.0/16, 192.168.0.7 , fd00::/8,ai.internal:8000,[::1]:80');
  expect(permits('10.1.255.255', policy)).toBe(true);
  expect(permits('10.2.0.0', policy)).toBe(false);
  expect(permits('192.168.0.7', policy)).toBe(true);
  expect(permits('192.168.0.8', policy)).toBe(false);
  expect(permits('fd12::1', policy)).toBe(true);
  expect(policy.permits('10.9.9.9', 'ai.internal', 8000)).toBe(true);
  expect(policy.permits('10.9.9.9', 'ai.internal', 8001)).toBe(false);
  expect(policy.permits('10.9.9.9', 'other.internal', 8000)).toBe(false);
  expect(policy.permits('::1', '::1', 80)).toBe(true);
  expect(policy.permits('::1', '::1', 81)).toBe(false);
  expect([policy.names('ai.internal'), policy.names('other.internal')]).toEqual([true, false]);
});

// An address of IPv4 that travels inside one of IPv6 is not what the operator has opened.
it('does not take IPv4 in IPv6 for IPv4', () => {
  expect(permits('::ffff:10.0.0.1', AddressPolicy.parse('10.0.0.0/8'))).toBe(false);
});

it.each(['10.0.0.0/33', 'ai.internal', 'http://ai.internal:80', 'a b:80', 'ai:80/path'])(
  'does not take %s',
  (entry) => {
    expect(() => AddressPolicy.parse(entry)).toThrow(entry);
  },
);
