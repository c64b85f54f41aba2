import { FileTypeParser } from 'file-type';
import { open } from 'node:fs/promises';
import { isEncryptedPackage } from './encrypted-package.js';
import type { MediaType } from './media-type.js';

/** Milliseconds for looking into a file whose inner lengths may lie. */
const PATIENCE = 5_000;

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** What the signatures say, in our names; a kind that is not here is refused. */
const KNOWN: Readonly<Record<string, MediaType>> = {
  'image/jpeg': 'image/jpeg',
  'image/png': 'image/png',
  'image/apng': 'image/png',
  'image/webp': 'image/webp',
  'image/gif': 'image/gif',
  'image/tiff': 'image/tiff',
  'image/avif': 'image/avif',
  'image/heic': 'image/heic',
  'image/heic-sequence': 'image/heic',
  'image/heif': 'image/heic',
  'image/heif-sequence': 'image/heic',
  'image/bmp': 'image/bmp',
  'video/mp4': 'video/mp4',
  'video/x-m4v': 'video/mp4',
  'video/quicktime': 'video/quicktime',
  'video/vnd.avi': 'video/x-msvideo',
  'video/x-msvideo': 'video/x-msvideo',
  'video/matroska': 'video/x-matroska',
  'video/x-matroska': 'video/x-matroska',
  'video/webm': 'video/webm',
  'video/x-ms-asf': 'video/x-ms-wmv',
  'video/x-ms-wmv': 'video/x-ms-wmv',
  'application/vnd.ms-asf': 'video/x-ms-wmv',
  'video/x-flv': 'video/x-flv',
  'application/pdf': 'application/pdf',
  [`${OFFICE}.wordprocessingml.document`]: `${OFFICE}.wordprocessingml.document`,
  [`${OFFICE}.spreadsheetml.sheet`]: `${OFFICE}.spreadsheetml.sheet`,
  [`${OFFICE}.presentationml.presentation`]: `${OFFICE}.presentationml.presentation`,
};

/** Signatures of formats that are text, and short ones that a text may begin with by chance. */
const PERHAPS_TEXT =
  /^(text\/|application\/(xml|x-subrip|x-ndjson|json|vnd\.tcpdump)|image\/(bmp|x-portable)|audio\/|application\/x-msdownload)/;

/** The kind by its signature; `unknown` when the file may still be text, null when it is something else for certain. */
export async function detectBinaryType(path: string, extension: string): Promise<MediaType | 'unknown' | null> {
  const found = await signature(path);
  if (found === null) return 'unknown';
  if (found === 'application/x-cfb') return isEncryptedPackage(path, extension);
  if (found === 'image/bmp' && !(await isBitmap(path))) return 'unknown';
  return KNOWN[found] ?? (PERHAPS_TEXT.test(found) ? 'unknown' : null);
}

async function signature(path: string): Promise<string | null> {
  const parser = new FileTypeParser({ signal: AbortSignal.timeout(PATIENCE) });
  try {
    return (await parser.fromFile(path))?.mime ?? null;
  } catch {
    // Inner lengths that lead nowhere: no signature that anybody could decode.
    return null;
  }
}

/** Sizes of the headers that bitmaps have had since OS/2 1.0. */
const BITMAP_HEADERS = [12, 16, 40, 52, 56, 64, 108, 124];

/** "BM" begins a text as easily as a bitmap: the size of the header that follows tells them apart. */
async function isBitmap(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(18);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return bytesRead === head.length && BITMAP_HEADERS.includes(head.readUInt32LE(14));
  } finally {
    await file.close();
  }
}
