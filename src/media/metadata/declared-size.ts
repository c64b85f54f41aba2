import { FileWindow } from './window.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that a GIF's screen or an AVIF's or HEIC's `ispe` boxes declare (the largest of these); null for other
 * formats and when there is none. Decoders either trust these numbers or refuse them without saying why.
 */
export function declaredSize(path: string, mediaType: string): Size | null {
  if (mediaType === 'image/gif') return FileWindow.look(path, gifScreen);
  if (mediaType === 'image/avif' || mediaType === 'image/heic') return FileWindow.look(path, largestItem);
  return null;
}

function gifScreen(file: FileWindow): Size | null {
  const header = file.bytes(0, 10);
  const isGif = header.length === 10 && header.toString('latin1', 0, 3) === 'GIF';
  return isGif ? { width: header.readUInt16LE(6), height: header.readUInt16LE(8) } : null;
}

/** ISO/IEC 23008-12: `ispe` boxes lie in meta › iprp › ipco. */
function largestItem(file: FileWindow): Size | null {
  const found: Size[] = [];
  collect(file, 0, Number.MAX_SAFE_INTEGER, found);
  return found.reduce<Size | null>((best, size) => (best && area(best) >= area(size) ? best : size), null);
}

/** Bytes of a container's content before its boxes start. */
const CONTAINERS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };

/** Items a file may have; phones write about a hundred. */
const MAX_ITEMS = 10_000;

function collect(file: FileWindow, from: number, end: number, found: Size[]): void {
  for (let offset = from; offset + 8 <= end && found.length < MAX_ITEMS;) {
    const head = file.bytes(offset, 20);
    if (head.length < 8) return;
    const type = head.toString('latin1', 4, 8);
    const short = head.readUInt32BE(0);
    const headLength = short === 1 ? 16 : 8;
    if (head.length < headLength) return;
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? end - offset : short;
    if (size < headLength || !Number.isSafeInteger(offset + size)) return;
    const skipped = CONTAINERS[type];
    if (skipped !== undefined) collect(file, offset + headLength + skipped, Math.min(end, offset + size), found);
    if (type === 'ispe' && head.length === 20)
      found.push({ width: head.readUInt32BE(12), height: head.readUInt32BE(16) });
    offset += size;
  }
}

const area = ({ width, height }: Size) => width * height;
