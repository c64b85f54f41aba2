import { AddressPolicy } from './address-policy.js';
import { normalizeUrl } from './normalize-url.js';
import { PRIVATE_SPELLINGS } from '../../../../test/support/network/private-spellings.js';

const normalized = (text: string, allow = '') => normalizeUrl(text, AddressPolicy.parse(allow));

it.each([
  ['http://example.com', 'http://example.com/', 'example.com'],
  ['  HTTPS://Example.COM:443/A?b=C#d  ', 'https://example.com/A?b=C', 'example.com'],
  ['http://example.com:8080/a b.jpg', 'http://example.com:8080/a%20b.jpg', 'example.com:8080'],
  ['https://bücher.example/ü', 'https://xn--bcher-kva.example/%C3%BC', 'xn--bcher-kva.example'],
  ['http://example.com./x', 'http://example.com/x', 'example.com'],
  ['http://a_b.example.com/', 'http://a_b.example.com/', 'a_b.example.com'],
  ['http://8.8.8.8/', 'http://8.8.8.8/', '8.8.8.8'],
  ['http://134744072/', 'http://8.8.8.8/', '8.8.8.8'],
  ['http://[2606:4700:0:0::1111]:81/', 'http://[2606:4700::1111]:81/', '[2606:4700::1111]:81'],
  ['http://example.com/a/../b?', 'http://example.com/b?', 'example.com'],
  // A backslash ends the host for the parser, and the slash that it becomes does so for everybody after it.
  ['http://example.com\\@127.0.0.1/', 'http://example.com/@127.0.0.1/', 'example.com'],
])('brings %s into one form', (text, href, host) => {
  expect(normalized(text)).toEqual({ ok: true, href, host });
});

it.each([
  ...[
    '',
    ' ',
    'example.com/x.jpg',
    'ftp://example.com/',
    'http://',
    'http:///',
    'http://exa mple.com/',
    'http://a..b/',
  ],
  ...['http://user@example.com/', 'http://user:secret@example.com/', 'http://:@example.com:99999/', 'http://[::1'],
  ...['http://example.com/a\nb', 'http://1.2.3.4.5/', 'http://256.256.256.256/', 'http://-a.example/', 'http://a%00b/'],
  ...[`http://${'a'.repeat(64)}.example/`, `http://example.com/${'x'.repeat(4096)}`, 'http://[fe80::1%25eth0]/'],
])('refuses %j as no usable URL', (text) => {
  expect(normalized(text)).toEqual({ ok: false, failure: 'invalid_url', message: expect.any(String) });
});

it.each(PRIVATE_SPELLINGS)('refuses %j', (spelling) => {
  expect(normalized(spelling.replace('PORT', '8080'))).toMatchObject({ ok: false });
});

it('knows addresses by what they are, not by how they are written', () => {
  const blocked = PRIVATE_SPELLINGS.filter((spelling) => {
    const url = normalized(spelling.replace('PORT', '8080'));
    return !url.ok && url.failure === 'blocked_address';
  });
  expect(blocked.length).toBeGreaterThan(60);
});

it('lets through what the operator has opened, in one form', () => {
  expect(normalized('http://0x7f.1:8080/x', '127.0.0.1:8080')).toMatchObject({ href: 'http://127.0.0.1:8080/x' });
  expect(normalized('http://127.0.0.1:8081/x', '127.0.0.1:8080')).toMatchObject({ failure: 'blocked_address' });
  expect(normalized('http://localhost:9/', 'localhost:9')).toMatchObject({ ok: true });
});
