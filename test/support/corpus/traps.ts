import { deflateSync } from 'node:zlib';
import { type MediaType, mediaTypes } from '../../../src/media/media-type/media-type.js';
import { wordBody, wordParagraph } from '../media/documents-hostile.js';
import { EXCEL, type HostileCase, type Makes, POWERPOINT, WORD } from './hostile-case.js';
import { pdfOf, pngWith, sheetOf, showOf, wordOf } from './trap-files.js';
import { zip } from './zip.js';

const MEGABYTE = 1024 * 1024;

/** More than detection may take to find out what a file is. */
const manyBlanks = () => Buffer.alloc(150 * MEGABYTE, ' ');

/** A file of the machine that nobody who sends files may see; its first line begins with `root:`. */
const SECRET = 'file:///etc/passwd';

/** Entities that make a billion words, were they expanded. */
const LAUGHS = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join(
  '',
);
const BOMB = `<!ENTITY l0 "lol">${LAUGHS}`;

const svg = (content: string, prolog = '') =>
  Buffer.from(`${prolog}<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${content}</svg>`);

/** Well-formed files whose content is out to eat time, memory or secrets. */
export const traps: Makes = function* () {
  yield* inDrawings();
  yield* inOffice();
  yield* inText();
  yield* inOthers();
};

function* inDrawings(): Iterable<HostileCase> {
  const uses = Array.from({ length: 20 }, (_, n) => `<g id="g${n + 1}">${`<use href="#g${n}"/>`.repeat(10)}</g>`);
  const image = 'image/svg+xml';
  yield trap(image, 'with an entity bomb', svg('<text>&l9;</text>', `<!DOCTYPE svg [${BOMB}]>`));
  yield trap(image, 'nested 50,000 deep', svg('<g>'.repeat(50_000) + '</g>'.repeat(50_000)));
  yield trap(image, 'that uses itself', svg(`<rect id="g0" width="1" height="1"/>${uses.join('')}<use href="#g20"/>`));
  yield trap(image, 'with a secret', svg('<text>&x;</text>', `<!DOCTYPE svg [<!ENTITY x SYSTEM "${SECRET}">]>`));
  yield trap(
    image,
    'of a billion pixels',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"/>'),
  );
  yield trap(
    image,
    'with a huge blur',
    svg('<filter id="f"><feGaussianBlur stdDeviation="1e9"/></filter><rect filter="url(#f)"/>'),
  );
}

function* inOffice(): Iterable<HostileCase> {
  const deep = '<w:sdt>'.repeat(50_000) + '</w:sdt>'.repeat(50_000);
  let nested = Buffer.alloc(MEGABYTE);
  for (let depth = 0; depth < 10; depth++) nested = Buffer.from(zip({ 'a.zip': nested }));
  yield trap(WORD, 'of 64 MB of blanks', wordOf(wordBody(' '.repeat(64 * MEGABYTE))));
  yield trap(WORD, 'with 150 MB of content types', zip({ '[Content_Types].xml': [manyBlanks(), { level: 1 }] }));
  yield trap(WORD, 'with an entity bomb', wordOf(wordBody(wordParagraph('&l9;'), `<!DOCTYPE w [${BOMB}]>`)));
  yield trap(
    WORD,
    'with a secret',
    wordOf(wordBody(wordParagraph('&x;'), `<!DOCTYPE w [<!ENTITY x SYSTEM "${SECRET}">]>`)),
  );
  yield trap(WORD, 'nested 50,000 deep', wordOf(wordBody(deep)));
  yield trap(WORD, 'with zips in zips', wordOf(wordBody(wordParagraph('x')), { 'word/embeddings/a.zip': nested }));
  yield trap(
    EXCEL,
    'with a cell at the end of the world',
    sheetOf('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
  );
  yield trap(
    EXCEL,
    'with strings that are not there',
    sheetOf('<row r="1"><c r="A1" t="s"><v>4294967295</v></c></row>'),
  );
  yield trap(EXCEL, 'with endless numbers', sheetOf(`<row r="1"><c r="A1"><v>${'9'.repeat(200_000)}</v></c></row>`));
  yield trap(POWERPOINT, 'that leads out of itself', showOf('../../../../../../etc/passwd'));
  yield trap(POWERPOINT, 'that leads to a secret', showOf(SECRET));
}

function* inText(): Iterable<HostileCase> {
  const units = Array.from({ length: 4000 }, (_, index) =>
    index % 3 === 0 ? 0xd800 + (index % 1024) : 0x41 + (index % 26),
  );
  const utf16 = Buffer.from(Uint16Array.from([0xfeff, ...units]).buffer);
  const zalgo = `Z${'\u0301\u0316\u0489'.repeat(5000)} `.repeat(20);
  yield trap('text/plain', 'in one line of 2 MB', Buffer.alloc(2 * MEGABYTE, 'lorem ipsum '));
  yield trap('text/plain', 'of a word of 1 MB', Buffer.alloc(MEGABYTE, 'a'));
  yield trap('text/plain', 'of half surrogate pairs', utf16);
  yield trap(
    'text/plain',
    'of invalid UTF-8',
    Buffer.from('fine text \xc0\xaf\xed\xa0\x80\xf5\x80\xff '.repeat(300), 'latin1'),
  );
  yield trap('text/plain', 'of marks upon marks', Buffer.from(zalgo));
  yield trap('text/csv', 'with a quote that never ends', Buffer.from(`a,b\n1,"${'x,\n'.repeat(200_000)}`));
  yield trap('text/csv', 'of 100,000 columns', Buffer.from(`${'a,'.repeat(100_000)}\n`.repeat(3)));
  yield trap('text/markdown', 'of open brackets', Buffer.from(`# a\n\n- b\n\n${'['.repeat(50_000)}`));
  yield trap('text/markdown', 'quoted 5,000 deep', Buffer.from(`# a\n\n**b**\n\n${'> '.repeat(5_000)}x`));
  yield trap('text/html', 'nested 100,000 deep', Buffer.from(`<!doctype html><body>${'<div>'.repeat(100_000)}x`));
  yield trap(
    'text/html',
    'of open tags and comments',
    Buffer.from(`<!doctype html>${'<a href="<!--<'.repeat(30_000)}`),
  );
}

function* inOthers(): Iterable<HostileCase> {
  const blanks = deflateSync(Buffer.alloc(100 * MEGABYTE, 32), { level: 9 });
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\n${SECRET}\n#EXT-X-ENDLIST\n`;
  yield trap(
    'application/pdf',
    'with its pages in a circle',
    pdfOf('<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>'),
  );
  yield trap('application/pdf', 'nested 50,000 deep', pdfOf('['.repeat(50_000) + ']'.repeat(50_000)));
  yield trap('application/pdf', 'with a huge page', pdfOf(onePage('/MediaBox[0 0 1e9 1e9]')));
  yield trap('application/pdf', 'of 100 MB of blanks', pdfOf(onePage('/MediaBox[0 0 99 99]/Contents 4 0 R'), blanks));
  yield trap('image/png', 'with 100 MB of comment', pngWith('zTXt', Buffer.concat([Buffer.from('a\0\0'), blanks])));
  yield trap('video/mp4', 'that is a playlist', Buffer.from(playlist));
  yield trap('video/x-matroska', 'nested 20,000 deep', nestedEbml(20_000));
}

const onePage = (page: string) => `<</Type/Pages/Count 1/Kids[<</Type/Page/Parent 2 0 R${page}>>]>>`;

/** A header of EBML, then a segment of unknown length in a segment of unknown length, and so on. */
function nestedEbml(depth: number): Buffer {
  const header = Buffer.from('1a45dfa38b4282886d6174726f736b61', 'hex');
  return Buffer.concat([header, ...Array<Buffer>(depth).fill(Buffer.from('1853806701ffffffffffffff', 'hex'))]);
}

const trap = (base: MediaType, what: string, bytes: Buffer): HostileCase => ({
  name: `${mediaTypes[base].extension} ${what}`,
  filename: `trap.${mediaTypes[base].extension}`,
  bytes,
  base,
});
