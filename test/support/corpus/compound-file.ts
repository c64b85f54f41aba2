const SECTOR = 512;
const PER_SECTOR = SECTOR / 4;
const FREE = 0xffff_ffff;
const END = 0xffff_fffe;
const FAT = 0xffff_fffd;
const DIFAT = 0xffff_fffc;

/** Sectors of the allocation table that the header can name. */
const IN_HEADER = 109;

/** What stands at the beginning of every compound file of version 3 ([MS-CFB] 2.2). */
const SIGNATURE = 'd0cf11e0a1b11ae100000000000000000000000000000000' + '3e000300feff09000600';

export interface CompoundFileTruth {
  /** Names of the streams, each of which holds one sector of zeros. */
  readonly streams: readonly string[];
  /** Sectors between the beginning and the directory, as a large file has them. */
  readonly sectorsBefore?: number;
  /** Lets the directory lead back to its first sector. */
  readonly loop?: boolean;
}

/** A Microsoft compound file, as `.doc`, `.xls` and office files with a password are. */
export function compoundFile({ streams, sectorsBefore = 0, loop = false }: CompoundFileTruth): Buffer {
  const entries = ['Root Entry', ...streams].map((name, index) => entry(name, index, streams.length));
  const directorySectors = Math.ceil(entries.length / 4);
  const content = 1 + sectorsBefore + directorySectors;
  const fatSectors = Math.ceil((content + 8) / (PER_SECTOR - 2));
  const directory = Buffer.alloc(directorySectors * SECTOR);
  Buffer.concat(entries).copy(directory);
  // Sectors: one of data for all streams, the filling, the directory, the allocation table.
  const next = new Array<number>(fatSectors * PER_SECTOR).fill(FREE);
  next.fill(END, 0, 1 + sectorsBefore);
  for (let index = 0; index < directorySectors; index++) next[1 + sectorsBefore + index] = 2 + sectorsBefore + index;
  next[content - 1] = loop ? 1 + sectorsBefore : END;
  next.fill(FAT, content, content + fatSectors);
  const names = fatNames(content, fatSectors);
  next.fill(DIFAT, content + fatSectors, content + fatSectors + names.length / SECTOR);
  const table = Buffer.alloc(fatSectors * SECTOR);
  next.forEach((sector, index) => table.writeUInt32LE(sector, 4 * index));
  return Buffer.concat([
    header(1 + sectorsBefore, content, fatSectors),
    Buffer.alloc(SECTOR * (1 + sectorsBefore)),
    directory,
    table,
    names,
  ]);
}

/** As Word, Excel and PowerPoint write a file with a password ([MS-OFFCRYPTO] 2.2). */
export const passwordProtected = (sectorsBefore = 0): Buffer =>
  compoundFile({
    streams: ['Version', 'DataSpaceMap', 'DataSpaceInfo', 'TransformInfo', 'EncryptionInfo', 'EncryptedPackage'],
    sectorsBefore,
  });

function header(directory: number, firstFat: number, fatSectors: number): Buffer {
  const bytes = Buffer.alloc(SECTOR, 0xff);
  bytes.fill(0, 0, 76);
  Buffer.from(SIGNATURE, 'hex').copy(bytes);
  bytes.writeUInt32LE(fatSectors, 44);
  bytes.writeUInt32LE(directory, 48);
  bytes.writeUInt32LE(4096, 56);
  bytes.writeUInt32LE(END, 60);
  const further = Math.ceil(Math.max(0, fatSectors - IN_HEADER) / (PER_SECTOR - 1));
  bytes.writeUInt32LE(further > 0 ? firstFat + fatSectors : END, 68);
  bytes.writeUInt32LE(further, 72);
  for (let index = 0; index < Math.min(IN_HEADER, fatSectors); index++)
    bytes.writeUInt32LE(firstFat + index, 76 + 4 * index);
  return bytes;
}

/** Where the other sectors of the allocation table are: each sector of names ends with the number of the next. */
function fatNames(firstFat: number, fatSectors: number): Buffer {
  const perSector = PER_SECTOR - 1;
  const further = Math.max(0, fatSectors - IN_HEADER);
  const bytes = Buffer.alloc(Math.ceil(further / perSector) * SECTOR, 0xff);
  for (let index = 0; index < further; index++)
    bytes.writeUInt32LE(firstFat + IN_HEADER + index, 4 * (index + Math.floor(index / perSector)));
  for (let at = SECTOR; at <= bytes.length; at += SECTOR)
    bytes.writeUInt32LE(at < bytes.length ? firstFat + fatSectors + at / SECTOR : END, at - 4);
  return bytes;
}

/** The root leads to the first stream, and each stream to the one on its right, as in a tree that was never balanced. */
function entry(name: string, index: number, last: number): Buffer {
  const isRoot = index === 0;
  const bytes = Buffer.alloc(128);
  bytes.write(name, 0, 'utf16le');
  bytes.writeUInt16LE(2 * name.length + 2, 64);
  bytes[66] = isRoot ? 5 : 2;
  bytes[67] = 1;
  bytes.writeUInt32LE(FREE, 68);
  bytes.writeUInt32LE(isRoot || index === last ? FREE : index + 1, 72);
  bytes.writeUInt32LE(isRoot ? 1 : FREE, 76);
  bytes.writeUInt32LE(isRoot ? END : 0, 116);
  bytes.writeUInt32LE(isRoot ? 0 : SECTOR, 120);
  return bytes;
}
