import { text } from 'node:stream/consumers';
import { attachment } from './attachment.js';

const headersOf = (filename: string, type?: string) =>
  attachment({ filename, mediaType: 'text/plain', size: 4, body: 'body' }, type).getHeaders();

it('says what it is, how long, and under which name it is to be kept', async () => {
  const file = attachment({ filename: 'a b.txt', mediaType: 'text/plain', size: 5, body: 'bödy' });
  expect(file.getHeaders()).toEqual({
    type: 'text/plain',
    length: 5,
    disposition: `attachment; filename="a b.txt"; filename*=UTF-8''a%20b.txt`,
  });
  expect(await text(file.getStream())).toBe('bödy');
});

it('may be shown in place', () => {
  expect(headersOf('a.jpg', 'inline').disposition).toMatch(/^inline; /);
});

it.each([
  ['ü.txt', '_.txt', '%C3%BC.txt'],
  ['写.txt', '_.txt', '%E5%86%99.txt'],
  ['say "hi".txt', 'say _hi_.txt', 'say%20%22hi%22.txt'],
  ['a\\b%c.txt', 'a_b_c.txt', 'a%5Cb%25c.txt'],
  ["it's (a) *.txt", "it's (a) *.txt", 'it%27s%20%28a%29%20%2A.txt'],
  ['a\r\nb.txt', 'a__b.txt', 'a%0D%0Ab.txt'],
])('carries %j for old and for new readers', (filename, plain, extended) => {
  expect(headersOf(filename).disposition).toBe(`attachment; filename="${plain}"; filename*=UTF-8''${extended}`);
});
