import { FileWindow } from './window.js';

/**
 * How many images a GIF, WebP or TIFF file holds, found by walking along its headers and given up above `most`:
 * decoders keep a record of each, and a small file may hold millions. Undefined for formats that do not say it this way.
 */
export function countFrames(path: string, mediaType: string, most: number): number | undefined {
  const count = COUNTERS[mediaType];
  return count && FileWindow.look(path, (file) => count(file, most));
}

type Counter = (file: FileWindow, most: number) => number;

const COUNTERS: Readonly<Record<string, Counter>> = {
  'image/gif': countGif,
  'image/webp': countWebp,
  'image/tiff': countTiff,
};

/** GIF89a: an image is 0x2C, ten bytes, colours, a code size and blocks; an extension 0x21, a label and blocks. */
function countGif(file: FileWindow, most: number): number {
  const colours = (flags = 0) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let offset = 13 + colours(file.bytes(10, 1)[0]);
  for (let frames = 0; ;) {
    const [introducer] = file.bytes(offset, 1);
    if (introducer === 0x2c) {
      frames += 1;
      if (frames > most) return frames;
      offset = afterBlocks(file, offset + 11 + colours(file.bytes(offset + 9, 1)[0]));
    } else if (introducer === 0x21) offset = afterBlocks(file, offset + 2);
    else return frames;
  }
}

function afterBlocks(file: FileWindow, from: number): number {
  let offset = from;
  for (;;) {
    const [size = 0] = file.bytes(offset, 1);
    offset += 1 + size;
    if (size === 0) return offset;
  }
}

/** RIFF: a name, a size, that many bytes and one more if they are odd; each ANMF is a frame, none a still image. */
function countWebp(file: FileWindow, most: number): number {
  let frames = 0;
  for (let offset = 12; frames <= most;) {
    const chunk = file.bytes(offset, 8);
    if (chunk.length < 8) break;
    if (chunk.toString('latin1', 0, 4) === 'ANMF') frames += 1;
    const size = chunk.readUInt32LE(4);
    offset += 8 + size + (size % 2);
  }
  return Math.max(1, frames);
}

const EMPTY = Buffer.alloc(0);

/** TIFF and BigTIFF: directories, each with the offset of the next. */
function countTiff(file: FileWindow, most: number): number {
  const header = file.bytes(0, 16);
  if (header.length < 8) return 0;
  const little = header.toString('latin1', 0, 2) === 'II';
  const number = (offset: number, length: 2 | 4 | 8) => {
    const bytes = Number.isSafeInteger(offset) ? Buffer.from(file.bytes(offset, length)) : EMPTY;
    if (bytes.length < length) return 0;
    if (!little) bytes.reverse();
    return length === 8 ? Number(bytes.readBigUInt64LE()) : bytes.readUIntLE(0, length);
  };
  const big = number(2, 2) === 43;
  const [word, entry, tally] = big ? ([8, 20, 8] as const) : ([4, 12, 2] as const);
  let frames = 0;
  for (let offset = number(big ? 8 : 4, word); offset > 0 && frames <= most; frames++)
    offset = number(offset + tally + number(offset, tally) * entry, word);
  return frames;
}
