import { AddressPolicy } from '../../../platform/outbound/security/address-policy.js';
import { normalizeUrl } from '../../../platform/outbound/security/normalize-url.js';
import { isPlainUrl } from './plain-url.js';

const policy = AddressPolicy.parse('');

const plain = (url: string): boolean => {
  const bytes = Buffer.from(`,${url}/,`);
  return isPlainUrl(bytes, 1, bytes.length - 2);
};

it.each([
  'http://example.com/',
  'https://images.example.com/a/b-c_d.jpg?w=1&h=2,3;x=/../y',
  'https://a.b.c.d.e-f.co/a../b.c/%C3%A9',
])('takes %s as it stands', (url) => {
  expect(plain(url)).toBe(true);
});

it.each([
  ...['', 'http', 'http://', 'http:///a', 'ftp://a.example/', 'HTTP://a.example/', 'http://A.example/', '//a.example/'],
  ...['http://a.example', 'http://a.example?x', 'http://a.example:80/', 'http://u@a.example/', 'http://a.example./'],
  ...[
    'http://localhost/',
    'http://a.localhost/',
    'http://127.0.0.1/',
    'http://1.2.3.4/',
    'http://0x7f.1/',
    'http://a.1/',
  ],
  ...['http://[::1]/', 'http://xn--a.example/', 'http://-a.example/', 'http://a-.example/', 'http://a..example/'],
  ...['http://a_b.example/', 'http://é.example/', 'http://a.example/é', 'http://a.example/ b', 'http://a.example/a#b'],
  ...[
    'http://a.example/./b',
    'http://a.example/../b',
    'http://a.example/%2e/b',
    'http://a.example/a/.',
    'http://a.example\\b',
  ],
  ...["http://a.example/?'", 'http://a.example/"', 'http://a.example/<', 'http://a.example/\t', 'http://a.example/a|b'],
  ...[
    `http://${'a'.repeat(64)}.example/`,
    `http://${'a.'.repeat(130)}example/`,
    `http://a.example/${'x'.repeat(4096)}`,
  ],
])('leaves %s to the parser', (url) => {
  expect(plain(url)).toBe(false);
});

it('takes nothing that normalisation would change or refuse', () => {
  let state = 7;
  const roll = (bound: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * bound);
  };
  const pick = (from: readonly string[]) => from[roll(from.length)]!;
  const labels = ['a', 'b-c', 'xn--p1ai', '1', '0x7f', 'localhost', 'com', '-', 'a-', 'É', '2a', 'com1', ''];
  const pieces = [
    '/',
    '.',
    '..',
    '%2e',
    '%2E.',
    'a',
    'é',
    '?',
    '#',
    '&',
    "'",
    ':',
    '@',
    '\\',
    '%',
    '~',
    '+',
    ' ',
    '|',
    '^',
    '`',
    '{',
  ];
  const several = (from: readonly string[], most: number) => Array.from({ length: roll(most) }, () => pick(from));
  let taken = 0;
  for (let round = 0; round < 200_000; round++) {
    const host = several(labels, 5).join('.');
    const url = `${pick(['http://', 'https://', 'HTTP://', 'http:/'])}${host}${pick(['/', '/', '', ':80/'])}${several(pieces, 7).join('')}`;
    if (!plain(url)) continue;
    taken += 1;
    expect(normalizeUrl(url, policy)).toMatchObject({ ok: true, href: url });
  }
  expect(taken).toBeGreaterThan(1_000);
});
