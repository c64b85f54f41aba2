import { crc32, deflateRawSync } from 'node:zlib';

/** Contents by name, with the level of compression where it is not the usual one. */
export type Entries = Readonly<Record<string, Uint8Array | [content: Uint8Array, { level: number }]>>;

/** 08:30 on 1 March 2024 in the two 16-bit numbers of MS-DOS: any moment, as long as it is always the same. */
const MOMENT = { time: (8 << 11) | (30 << 5), date: ((2024 - 1980) << 9) | (3 << 5) | 1 };

/** A ZIP file (APPNOTE 4.3), by zlib: hundreds of megabytes of blanks take it a moment. */
export function zip(entries: Entries): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, entry] of Object.entries(entries)) {
    const [content, { level }] = Array.isArray(entry) ? entry : [entry, { level: 6 }];
    const name = Buffer.from(path);
    const packed = deflateRawSync(content, { level });
    const shared = sharedHeader(name, packed, content);
    directory.push(directoryEntry(shared, offset), name);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), shared, name, packed]);
    files.push(file);
    offset += file.length;
  }
  const list = Buffer.concat(directory);
  return Buffer.concat([...files, list, end(directory.length / 2, list.length, offset)]);
}

/** What a file and its entry in the directory say alike, from the version needed to the length of the extra field. */
function sharedHeader(name: Buffer, packed: Buffer, content: Uint8Array): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  // The name is UTF-8.
  header.writeUInt16LE(0x0800, 2);
  header.writeUInt16LE(8, 4);
  header.writeUInt16LE(MOMENT.time, 6);
  header.writeUInt16LE(MOMENT.date, 8);
  header.writeUInt32LE(crc32(content), 10);
  header.writeUInt32LE(packed.length, 14);
  header.writeUInt32LE(content.length, 18);
  header.writeUInt16LE(name.length, 22);
  return header;
}

function directoryEntry(shared: Buffer, offset: number): Buffer {
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, attributes]);
}

function end(entries: number, length: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.write('PK\x05\x06', 'latin1');
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(length, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
