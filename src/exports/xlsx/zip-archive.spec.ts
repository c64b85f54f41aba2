import { crc32 } from 'node:zlib';
import { text } from 'node:stream/consumers';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { ZipArchive } from './zip-archive.js';

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  'empty.txt': [],
  'one.txt': ['one'],
  'pieces/ảnh.txt': ['a'.repeat(300_000), '😀', '', 'b'.repeat(10)],
};

async function archive(largest?: number): Promise<Buffer> {
  const zip = new ZipArchive(largest);
  const bytes: Buffer[] = [];
  for (const [path, pieces] of Object.entries(MEMBERS)) {
    bytes.push(zip.begin(path));
    // Packed at once.
    bytes.push(...(await Promise.all(pieces.map((piece) => zip.add(Buffer.from(piece))))));
    bytes.push(zip.endMember());
  }
  return Buffer.concat([...bytes, zip.end()]);
}

async function unpack(bytes: Buffer): Promise<Record<string, string>> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, file) => {
      if (error) reject(error);
      else resolve(file);
    });
  });
  const contents: Record<string, string> = {};
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error) {
          reject(error);
          return;
        }
        void text(stream).then((content) => {
          expect(crc32(content)).toBe(entry.crc32);
          contents[entry.fileName] = content;
          zip.readEntry();
        }, reject);
      });
    });
    zip.on('end', resolve).on('error', reject);
    zip.readEntry();
  });
  return contents;
}

it.each([
  ['as plain ZIP', undefined],
  ['as ZIP64 where numbers are too large', 50],
])('is read by others %s', async (_form, largest) => {
  const bytes = await archive(largest);
  expect(bytes.includes(Buffer.from('PK\x06\x06'))).toBe(largest !== undefined);
  const contents = Object.entries(MEMBERS).map(([path, pieces]) => [path, pieces.join('')]);
  expect(await unpack(bytes)).toEqual(Object.fromEntries(contents));
});

it('is the same for the same content', async () => {
  expect((await archive()).equals(await archive())).toBe(true);
});
