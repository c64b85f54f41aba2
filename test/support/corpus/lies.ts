import { type MediaType, mediaTypes } from '../../../src/media/media-type/media-type.js';
import { claimingDuration, claimingSize, withoutSamples } from '../media/hostile-videos.js';
import { gifOfFrames, interlacedPng, pixelBombs, tiffOfDirectories, webpOfFrames } from '../media/image-bombs.js';
import type { Bases } from './bases.js';
import { EXCEL, type HostileCase, type Makes, POWERPOINT, WORD } from './hostile-case.js';

const ALL = Buffer.alloc(8, 0xff);

/** A mark in the file, and what is written so many bytes behind it. */
type Lie = readonly [base: MediaType, what: string, mark: string | Buffer, offset: number, claim: Buffer];

/** Lengths, offsets and counts that are not so. */
const LIES: readonly Lie[] = [
  ['image/png', 'with an endless chunk', 'IDAT', -4, Buffer.from('7fffffff', 'hex')],
  ['image/jpeg', 'with a long segment', Buffer.from('ffdb', 'hex'), 2, Buffer.from('ffff', 'hex')],
  ['image/gif', 'with an endless block', ',', 11, Buffer.from('ff', 'hex')],
  ['image/webp', 'with an endless chunk', 'RIFF', 4, ALL.subarray(4)],
  ['image/tiff', 'with its directory far away', 'II*\0', 4, Buffer.from('f0ffff7f', 'hex')],
  ['image/bmp', 'with pixels far away', 'BM', 10, ALL.subarray(4)],
  ['image/avif', 'with an endless item', 'iloc', -4, ALL.subarray(4)],
  ['image/heic', 'with an endless item', 'iloc', -4, ALL.subarray(4)],
  ['image/avif', 'with endless brands', 'ftyp', -4, ALL.subarray(4)],
  ['video/mp4', 'with an endless box', 'moov', -4, Buffer.from('7fffffff', 'hex')],
  ['video/mp4', 'with a box of 64 bits', 'moov', -4, Buffer.from('000000016d6f6f767fffffffffffffff', 'hex')],
  ['video/quicktime', 'with an empty first box', 'ftyp', -4, Buffer.alloc(4)],
  [
    'video/x-matroska',
    'with an endless header',
    Buffer.from('1a45dfa3', 'hex'),
    4,
    Buffer.from('01fffffffffffffe', 'hex'),
  ],
  ['video/webm', 'with an endless segment', Buffer.from('18538067', 'hex'), 4, Buffer.from('017ffffffffffffe', 'hex')],
  ['video/x-msvideo', 'with an endless list', 'LIST', 4, ALL.subarray(4)],
  [
    'video/x-ms-wmv',
    'with an endless header',
    Buffer.from('3026b275', 'hex'),
    16,
    Buffer.from('ffffffffffffff7f', 'hex'),
  ],
  ['video/x-ms-wmv', 'with an empty object', Buffer.from('3026b275', 'hex'), 46, Buffer.alloc(8)],
  ['video/x-flv', 'with an endless tag', 'onMetaData', -13, ALL.subarray(5)],
  ['application/pdf', 'with a long stream', '/Length ', 8, Buffer.from('9999999999')],
  ['application/pdf', 'with its table far away', 'startxref\n', 10, Buffer.from('99999999999')],
  [WORD, 'with a long entry', 'PK\x03\x04', 18, ALL],
  [EXCEL, 'with a directory far away', 'PK\x05\x06', 12, ALL],
  [POWERPOINT, 'with too many entries', 'PK\x05\x06', 8, ALL.subarray(4)],
];

export const lies: Makes = function* (bases) {
  for (const lie of LIES) yield told(lie, bases);
  yield* hugePictures();
  yield* hugeFilms(bases);
};

function told([base, what, mark, offset, claim]: Lie, bases: Bases): HostileCase {
  const bytes = Buffer.from(bases[base]);
  const at = bytes.indexOf(mark, 0, 'latin1');
  if (at < 0 || at + offset < 0) throw new Error(`No place for the lie in ${base}.`);
  claim.copy(bytes, at + offset);
  return caseOf(base, what, bytes);
}

function* hugePictures(): Iterable<HostileCase> {
  for (const [base, bytes] of Object.entries(pixelBombs())) yield caseOf(base as MediaType, 'of gigapixels', bytes);
  yield caseOf('image/png', 'of 16 bits, interlaced', interlacedPng(20_000, 20_000));
  yield caseOf('image/gif', 'of 20,000 frames', gifOfFrames(20_000));
  yield caseOf('image/webp', 'of 20,000 frames', webpOfFrames(20_000));
  yield caseOf('image/tiff', 'of pages in a circle', tiffOfDirectories(50, true));
}

function* hugeFilms(bases: Bases): Iterable<HostileCase> {
  const film = bases['video/mp4'];
  yield caseOf('video/mp4', 'of gigapixels', claimingSize(65_535, 65_535)(film));
  yield caseOf('video/mp4', 'of years', claimingDuration(1_000_000)(film));
  yield caseOf('video/quicktime', 'without samples', withoutSamples(bases['video/quicktime']));
}

const caseOf = (base: MediaType, what: string, bytes: Buffer): HostileCase => ({
  name: `${mediaTypes[base].extension} ${what}`,
  filename: `lie.${mediaTypes[base].extension}`,
  bytes,
  base,
});
