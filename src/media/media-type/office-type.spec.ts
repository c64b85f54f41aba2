import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { detectMediaType } from './media-type.js';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-office-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function detect(bytes: Buffer): Promise<string | null> {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return detectMediaType(path, 'file');
}

const zip = (entries: Zippable) => Buffer.from(zipSync(entries));

/** A Word file by its list of content types alone. */
const listing: Zippable = {
  '[Content_Types].xml': strToU8(`<Types><Override PartName="/main.xml" ContentType="${DOCX}.main+xml"/></Types>`),
};

/** A ZIP of one entry whose directory names it so often. */
function withDirectoryRepeated(bytes: Buffer, times: number): Buffer {
  const end = Buffer.from(bytes.subarray(-22));
  const start = end.readUInt32LE(16);
  const directory = Buffer.concat(Array<Buffer>(times).fill(bytes.subarray(start, -22)));
  end.writeUInt16LE(times, 8);
  end.writeUInt16LE(times, 10);
  end.writeUInt32LE(directory.length, 12);
  return Buffer.concat([bytes.subarray(0, start), directory, end]);
}

it('asks an office file once what it is, however often its directory names the list', async () => {
  const silent = strToU8('<Types/>');
  expect(await detect(zip({ '[content_types].XML': silent, ...listing }))).toBeNull();
});

it('refuses an office file with more entries than are read, whatever their names', async () => {
  const bytes = zip(listing);
  expect(await detect(withDirectoryRepeated(bytes, 10_000))).toBe(DOCX);
  expect(await detect(withDirectoryRepeated(bytes, 10_001))).toBeNull();
});
