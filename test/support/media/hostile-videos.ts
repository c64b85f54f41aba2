import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { editBoxes, replaceBox } from './mp4-boxes.js';

/** Videos that are broken, lie about themselves, or name files that are none of their business. */

export interface MediaFile {
  readonly path: string;
  readonly mediaType: string;
}

/** The video with other bytes, written into a folder that the caller removes. */
export async function altered(
  { path, mediaType }: MediaFile,
  folder: string,
  change: (bytes: Buffer) => Buffer,
): Promise<MediaFile> {
  await mkdir(folder, { recursive: true });
  const copy = join(folder, basename(path));
  await writeFile(copy, change(await readFile(path)));
  return { path: copy, mediaType };
}

/** Keeps the first bytes of a file. */
export const cutAfter = (share: number) => (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * share));

/** Keeps everything before a mark, which is where the data of a container begins. */
export const cutBefore = (mark: string) => (bytes: Buffer) => bytes.subarray(0, bytes.indexOf(mark, 0, 'latin1'));

/** Overwrites a part of the file with noise that is the same every time. */
export const damaged = (from: number, to: number) => (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  const random = sequence(1);
  for (let at = Math.floor(from * copy.length); at < to * copy.length; at += 1) copy[at] = Math.floor(random() * 256);
  return copy;
};

/** Rows of the transformation matrix for a quarter turn clockwise, as in videos held upright on a telephone. */
const MATRICES = {
  90: [0, 1, -1, 0],
  180: [-1, 0, 0, -1],
  270: [0, -1, 1, 0],
} as const;

/** An MP4 or MOV that a player turns clockwise. */
export const turned = (degrees: 90 | 180 | 270) => (bytes: Buffer) =>
  editBoxes(bytes, 'moov/trak/tkhd', (content) => {
    const [a, b, c, d] = MATRICES[degrees];
    // Version, times, track, duration, layer and volume lie before the matrix: 16.16, 16.16 and 2.30 in each row.
    for (const [index, value] of [a, b, 0, c, d, 0].entries()) content.writeInt32BE(value * 65_536, 40 + 4 * index);
  });

/** An MP4 whose tables of samples are empty. */
export const withoutSamples = (bytes: Buffer) =>
  ['stsz', 'stts', 'stsc', 'stco', 'stss', 'ctts'].reduce(
    (file, table) =>
      editBoxes(file, `moov/trak/mdia/minf/stbl/${table}`, (content) => {
        content.writeUInt32BE(0, table === 'stsz' ? 8 : 4);
      }),
    bytes,
  );

/** An MP4 whose sample description claims another size of the image. */
export const claimingSize = (width: number, height: number) => (bytes: Buffer) =>
  editBoxes(bytes, 'moov/trak/mdia/minf/stbl/stsd', (content) => {
    if (content.toString('latin1', 12, 16) !== 'avc1') return;
    content.writeUInt16BE(width, 40);
    content.writeUInt16BE(height, 42);
  });

/** An MP4 whose header claims another duration, in seconds. */
export const claimingDuration = (seconds: number) => (bytes: Buffer) => {
  const movie = editBoxes(bytes, 'moov/mvhd', (content) => {
    content.writeUInt32BE(seconds * content.readUInt32BE(12), 16);
  });
  return editBoxes(movie, 'moov/trak/mdia/mdhd', (content) => {
    content.writeUInt32BE(Math.min(0xffff_fffe, seconds * content.readUInt32BE(12)), 16);
  });
};

/** A playlist or script of ffmpeg that names another video in the same folder. */
export async function playlist(kind: 'hls' | 'concat', canary: MediaFile, folder: string): Promise<MediaFile> {
  const name = basename(canary.path);
  const texts = {
    hls: `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\n${name}\n#EXT-X-ENDLIST\n`,
    concat: `ffconcat version 1.0\nfile ${name}\n`,
  };
  const path = join(folder, kind === 'hls' ? 'playlist.m3u8' : 'script.ffconcat');
  await writeFile(path, texts[kind]);
  return { path, mediaType: 'video/mp4' };
}

/** An AVI of raw images, 64 × 64 px and 5 a second, whose headers claim something else. */
export const rawClaiming =
  ({
    width = 64,
    height = 64,
    scale = 1,
    rate = 5,
  }: {
    width?: number;
    height?: number;
    scale?: number;
    rate?: number;
  }) =>
  (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    const [stream, format] = [copy.indexOf('strh') + 8, copy.indexOf('strf') + 8];
    copy.writeUInt32LE(scale, stream + 20);
    copy.writeUInt32LE(rate, stream + 24);
    copy.writeUInt32LE(width, format + 4);
    copy.writeUInt32LE(height, format + 8);
    return copy;
  };

/** Changes bytes here and there, and cuts every third file off; the same seed, the same file. */
export const mutated = (seed: number) => (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  const random = sequence(seed);
  for (let change = 0; change < 20; change += 1) {
    // Half of the changes hit the front, where most containers keep their tables.
    const reach = random() < 0.5 ? 0.1 : 1;
    copy[Math.floor(random() * reach * copy.length)] = Math.floor(random() * 256);
  }
  return seed % 3 === 2 ? copy.subarray(0, Math.floor(copy.length * random())) : copy;
};

/** Numbers from 0 to 1, the same for the same seed (the linear congruential generator of ANSI C). */
function sequence(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/**
 * A MOV whose images are said to lie in another file of the same folder: the alias record of a Macintosh, as QuickTime
 * wrote it.
 */
export const borrowingFrom = (target: string) => (bytes: Buffer) =>
  replaceBox(bytes, 'moov/trak/mdia/minf/dinf/dref', dataReference(alias(target)));

function alias(target: string): Buffer {
  const path = Buffer.from(target);
  const record = Buffer.alloc(150);
  record.writeUInt8(0, 10);
  const name = Buffer.from(basename(target));
  record.writeUInt8(name.length, 50);
  name.copy(record, 51);
  // One level up from this file, one level down to the other: the same folder.
  record.writeUInt16BE(1, 130);
  record.writeUInt16BE(1, 132);
  const absolute = Buffer.alloc(4);
  absolute.writeUInt16BE(2, 0);
  absolute.writeUInt16BE(path.length, 2);
  const padding = Buffer.alloc(path.length % 2);
  return Buffer.concat([record, absolute, path, padding, Buffer.from('ffff0000', 'hex')]);
}

function dataReference(record: Buffer): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32BE(1, 4);
  head.writeUInt32BE(12 + record.length, 8);
  head.write('alis', 12, 'latin1');
  return Buffer.concat([head, record]);
}
