import { deflateSync } from 'node:zlib';
import { bitmapHeader, heic } from './images.js';

/** Files of a few kilobytes that declare gigapixels, by media type. */
export const pixelBombs = (side = 50_000): Record<string, Buffer> => ({
  'image/png': png(side, side),
  'image/gif': gif(side, side, 1),
  'image/tiff': tiff(side, side),
  'image/webp': webp(Math.min(side, 16_383)),
  'image/jpeg': jpeg(side, side),
  'image/bmp': Buffer.concat([bitmapHeader(side, side, 24, 1000), Buffer.alloc(1000)]),
  'image/heic': heicOf(side, side),
  'image/avif': heicOf(side, side, 'avif'),
});

/** A GIF of one-pixel frames, 15 bytes each. */
export const gifOfFrames = (frames: number): Buffer => gif(1, 1, frames);

/** A WebP whose animation has empty frames, 24 bytes each. */
export function webpOfFrames(frames: number): Buffer {
  const frame = Buffer.concat([Buffer.from('ANMF'), uint32(16), Buffer.alloc(16)]);
  const extended = Buffer.concat([Buffer.from('VP8X'), uint32(10), Buffer.from([2]), Buffer.alloc(9)]);
  const animation = Buffer.concat([Buffer.from('ANIM'), uint32(6), Buffer.alloc(6)]);
  return riff(Buffer.concat([extended, animation, ...Array<Buffer>(frames).fill(frame)]));
}

/** A TIFF whose directories, each with one tag, follow each other; `loop` makes the last point to the first. */
export function tiffOfDirectories(directories: number, loop = false): Buffer {
  const size = 18;
  const file = Buffer.alloc(8 + directories * size);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(8, 4);
  for (let index = 0, at = 8; index < directories; index++, at += size) {
    file.writeUInt16LE(1, at);
    tag(256, 3, 1).copy(file, at + 2);
    const last = index === directories - 1;
    file.writeUInt32LE(last ? (loop ? 8 : 0) : at + size, at + 14);
  }
  return file;
}

/** An Adam7-interlaced PNG with 16 bits a channel, which a decoder has to hold as a whole. */
export function interlacedPng(width: number, height: number): Buffer {
  return png(width, height, { depth: 16, colourType: 6, interlaced: true });
}

function png(width: number, height: number, { depth = 1, colourType = 0, interlaced = false } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const data = deflateSync(Buffer.alloc(1_000_000), { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  return Buffer.concat([uint32be(data.length), body, uint32be(checksum(body))]);
}

/** CRC-32 as in the PNG specification. */
function checksum(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function gif(width: number, height: number, frames: number): Buffer {
  const screen = Buffer.concat([Buffer.from('GIF89a'), uint16(width), uint16(height), Buffer.from([0x80, 0, 0])]);
  const size = Buffer.concat([uint16(width), uint16(height)]);
  const frame = Buffer.concat([Buffer.from([0x2c, 0, 0, 0, 0]), size, Buffer.from([0, 2, 2, 0x44, 1, 0])]);
  const palette = Buffer.from([0, 0, 0, 255, 255, 255]);
  return Buffer.concat([screen, palette, ...Array<Buffer>(frames).fill(frame), Buffer.from([0x3b])]);
}

function tiff(width: number, height: number): Buffer {
  const tags = [tag(256, 4, width), tag(257, 4, height), tag(258, 3, 8), tag(259, 3, 1), tag(262, 3, 1)];
  const strips = [tag(273, 4, 200), tag(277, 3, 1), tag(278, 4, height), tag(279, 4, 1000)];
  const directory = [...tags, ...strips];
  const head = Buffer.concat([
    Buffer.from('II*\0', 'latin1'),
    uint32(8),
    uint16(directory.length),
    ...directory,
    uint32(0),
  ]);
  return Buffer.concat([head, Buffer.alloc(200 - head.length), Buffer.alloc(1000)]);
}

const tag = (id: number, type: number, value: number): Buffer =>
  Buffer.concat([uint16(id), uint16(type), uint32(1), uint32(value)]);

/** A lossless WebP header: 14 bits each for width and height. */
function webp(side: number): Buffer {
  const size = (side - 1) | ((side - 1) << 14);
  const data = Buffer.concat([Buffer.from([0x2f]), uint32(size >>> 0), Buffer.alloc(100)]);
  return riff(Buffer.concat([Buffer.from('VP8L'), uint32(data.length), data, Buffer.alloc(data.length % 2)]));
}

const riff = (chunks: Buffer): Buffer =>
  Buffer.concat([Buffer.from('RIFF'), uint32(chunks.length + 4), Buffer.from('WEBP'), chunks]);

/** Start of image, a baseline frame header with one component, start of scan. */
function jpeg(width: number, height: number): Buffer {
  const size = Buffer.concat([uint16(height).swap16(), uint16(width).swap16()]);
  const frame = Buffer.concat([Buffer.from([0xff, 0xc0, 0, 11, 8]), size, Buffer.from([1, 1, 0x11, 0])]);
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), frame, scan, Buffer.alloc(1000), Buffer.from([0xff, 0xd9])]);
}

/** The small HEIC with another size in its `ispe` box. */
function heicOf(width: number, height: number, brand?: string): Buffer {
  const file = Buffer.from(heic());
  const at = file.indexOf('ispe') + 8;
  file.writeUInt32BE(width, at);
  file.writeUInt32BE(height, at + 4);
  if (brand) file.write(brand, 8, 'latin1');
  return file;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const uint32be = (value: number): Buffer => uint32(value).swap32();
