import { fileTypeFromBuffer } from 'file-type';
import { holdsEncryptedPackage } from './compound-file.js';
import { brandedType } from './iso-media.js';
import type { MediaType } from './media-types.js';
import { officeTypeByExtension, officeTypeOf } from './office-type.js';

/** The names that file-type gives to what Facet reads. Animated PNG is PNG with more in it. */
const BY_SIGNATURE: Readonly<Record<string, MediaType>> = {
  'image/jpeg': 'image/jpeg',
  'image/png': 'image/png',
  'image/apng': 'image/png',
  'image/webp': 'image/webp',
  'image/gif': 'image/gif',
  'image/tiff': 'image/tiff',
  'image/bmp': 'image/bmp',
  'video/quicktime': 'video/quicktime',
  'video/vnd.avi': 'video/x-msvideo',
  'video/matroska': 'video/x-matroska',
  'video/webm': 'video/webm',
  'video/x-flv': 'video/x-flv',
  'video/x-ms-asf': 'video/x-ms-wmv',
  'application/vnd.ms-asf': 'video/x-ms-wmv',
};

/** Formats that file-type takes for unknown when what follows the signature is broken or lies too far behind. */
const BY_SIGNATURE_ALONE: readonly (readonly [signature: Buffer, mediaType: MediaType])[] = [
  [Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'image/png'],
  [Buffer.from('II*\0', 'latin1'), 'image/tiff'],
  [Buffer.from('MM\0*', 'latin1'), 'image/tiff'],
];

/** gzip, ID3 tags and the mark of UTF-8: file-type would look for another file inside or behind. */
const WRAPPERS = [Buffer.from([0x1f, 0x8b]), Buffer.from('ID3'), Buffer.from([0xef, 0xbb, 0xbf])];

const ZIP = Buffer.from('PK\x03\x04', 'latin1');
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** ASF_Video_Media of the Advanced Systems Format specification. */
const ASF_VIDEO = Buffer.from('c0ef19bc4d5bcf11a8fd00805f5c442b', 'hex');

/** Lengths of the headers that the versions of Windows and OS/2 bitmaps have. */
const BITMAP_HEADERS: readonly number[] = [12, 16, 40, 52, 56, 64, 108, 124];

/** The type of a file that is no text: `foreign` when it is a known format that Facet does not read. */
export async function binaryType(
  path: string,
  head: Buffer,
  extension: string,
): Promise<MediaType | 'foreign' | 'unknown'> {
  if (WRAPPERS.some((mark) => startsWith(head, mark))) return 'foreign';
  if (startsWith(head, ZIP)) return (await officeTypeOf(path, head)) ?? 'foreign';
  if (startsWith(head, COMPOUND_FILE)) return (await encryptedType(path, extension)) ?? 'foreign';
  if (head.toString('latin1', 4, 8) === 'ftyp') return brandedType(head) ?? 'foreign';
  const found = await signatureOf(head);
  if (found !== null && !isMistaken(found, head)) return accepted(found, head) ?? 'foreign';
  return BY_SIGNATURE_ALONE.find(([signature]) => startsWith(head, signature))?.[1] ?? 'unknown';
}

const startsWith = (head: Buffer, mark: Buffer): boolean => head.subarray(0, mark.length).equals(mark);

/** Word, Excel and PowerPoint hide the whole file in a compound file; what it was, only its name still says. */
async function encryptedType(path: string, extension: string): Promise<MediaType | null> {
  const type = officeTypeByExtension(extension);
  return type && (await holdsEncryptedPackage(path)) ? type : null;
}

/** The head lies in memory, so that an error can only come from its content. */
async function signatureOf(head: Buffer): Promise<string | null> {
  return fileTypeFromBuffer(head).then(
    (type) => type?.mime ?? null,
    () => null,
  );
}

function accepted(found: string, head: Buffer): MediaType | null {
  // Named after the first stream, which may be the sound of a video.
  if (found === 'audio/x-ms-asf' && head.includes(ASF_VIDEO)) return 'video/x-ms-wmv';
  return BY_SIGNATURE[found] ?? null;
}

/** file-type goes by `GIF` and `BM` alone. */
function isMistaken(found: string, head: Buffer): boolean {
  if (found === 'image/gif') return !/^GIF8[79]a/.test(head.toString('latin1', 0, 6));
  return found === 'image/bmp' && !isBitmap(head);
}

const isBitmap = (head: Buffer): boolean => head.length >= 26 && BITMAP_HEADERS.includes(head.readUInt32LE(14));
