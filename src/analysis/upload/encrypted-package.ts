import { open } from 'node:fs/promises';
import { mediaTypes, type MediaType } from './media-type.js';

const ENTRY = Buffer.from('EncryptedPackage', 'utf16le');

/** Bytes of the directory that are looked through; a package encrypted by an office program has a handful of entries. */
const DIRECTORY = 16_384;

const OFFICE_EXTENSIONS = ['docx', 'xlsx', 'pptx'];

/**
 * An office file under a password is a compound file with an encrypted package in it ([MS-OFFCRYPTO] 2.3); nothing
 * inside tells which kind, so the extension does. Other compound files, the old .doc and .xls, are refused.
 */
export async function isEncryptedPackage(path: string, extension: string): Promise<MediaType | null> {
  if (!OFFICE_EXTENSIONS.includes(extension)) return null;
  const directory = await readDirectory(path);
  if (!directory.includes(ENTRY)) return null;
  const types = Object.keys(mediaTypes) as MediaType[];
  return types.find((type) => mediaTypes[type].extension === extension) ?? null;
}

/** The start of the directory, found as [MS-CFB] 2.2 says: the sector size at byte 30, its first sector at byte 48. */
async function readDirectory(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const header = Buffer.alloc(512);
    await file.read(header, 0, header.length, 0);
    const sector = 2 ** Math.min(header.readUInt16LE(30), 12);
    const directory = Buffer.alloc(DIRECTORY);
    await file.read(directory, 0, DIRECTORY, (header.readUInt32LE(48) + 1) * sector);
    return directory;
  } finally {
    await file.close();
  }
}
