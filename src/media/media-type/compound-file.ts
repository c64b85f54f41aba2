import { type FileHandle, open } from 'node:fs/promises';

const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
const STREAM = 2;
const FAT_SECTORS_IN_HEADER = 109;

/** An encrypted package has a dozen entries, four to a sector of 512 bytes. */
const MAX_DIRECTORY_SECTORS = 64;

/** Enough for a file of 1 GB in sectors of 512 bytes. */
const MAX_FAT_HOPS = 128;

interface CompoundFile {
  readonly file: FileHandle;
  readonly header: Buffer;
  readonly sectorBytes: number;
}

/**
 * Whether a compound file ([MS-CFB]) is what a password makes of an office file: one with a stream `EncryptedPackage`
 * ([MS-OFFCRYPTO] 2.3.4.4). Follows the directory through the allocation table; a broken one has no such stream.
 */
export async function holdsEncryptedPackage(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const header = await bytesAt(file, 0, HEADER_BYTES);
    const shift = header?.readUInt16LE(30);
    if (!header || (shift !== 9 && shift !== 12)) return false;
    return await findPackage({ file, header, sectorBytes: 2 ** shift });
  } finally {
    await file.close();
  }
}

async function findPackage(compound: CompoundFile): Promise<boolean> {
  let sector: number | null = compound.header.readUInt32LE(48);
  for (let read = 0; sector !== null && read < MAX_DIRECTORY_SECTORS; read += 1) {
    const entries = await sectorAt(compound, sector);
    if (!entries) return false;
    if (hasPackageEntry(entries)) return true;
    sector = await sectorAfter(compound, sector);
  }
  return false;
}

function hasPackageEntry(entries: Buffer): boolean {
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    // The length counts bytes and the closing zero.
    const name = entries.toString('utf16le', at, at + Math.max(0, Math.min(64, entries.readUInt16LE(at + 64)) - 2));
    if (name === 'EncryptedPackage' && entries[at + 66] === STREAM) return true;
  }
  return false;
}

async function sectorAfter(compound: CompoundFile, sector: number): Promise<number | null> {
  const perSector = compound.sectorBytes / 4;
  const fatSector = await fatSectorAt(compound, Math.floor(sector / perSector));
  const table = fatSector === null ? null : await sectorAt(compound, fatSector);
  return table?.readUInt32LE(4 * (sector % perSector)) ?? null;
}

/** The header names the first sectors of the allocation table, a chain of sectors the others. */
async function fatSectorAt(compound: CompoundFile, index: number): Promise<number | null> {
  if (index < FAT_SECTORS_IN_HEADER) return compound.header.readUInt32LE(76 + 4 * index);
  const perSector = compound.sectorBytes / 4 - 1;
  const hops = Math.floor((index - FAT_SECTORS_IN_HEADER) / perSector);
  if (hops >= MAX_FAT_HOPS) return null;
  let names = await sectorAt(compound, compound.header.readUInt32LE(68));
  for (let hop = 0; names && hop < hops; hop += 1) names = await sectorAt(compound, names.readUInt32LE(4 * perSector));
  return names?.readUInt32LE(4 * ((index - FAT_SECTORS_IN_HEADER) % perSector)) ?? null;
}

/** Numbers of sectors count from behind the header; the marks for none lie beyond the end of any file. */
const sectorAt = ({ file, sectorBytes }: CompoundFile, sector: number): Promise<Buffer | null> =>
  bytesAt(file, (sector + 1) * sectorBytes, sectorBytes);

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return bytesRead === length ? buffer : null;
}
