import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { v7 as uuid } from 'uuid';
import { Environment } from '../platform/config/environment.js';
import { StorageService } from './storage.service.js';

let directory: string;
let storage: StorageService;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  storage = new StorageService(new Environment().with({ DATA_DIR: directory }));
});

afterEach(() => rm(directory, { recursive: true }));

async function temporary(content: string): Promise<string> {
  const path = join(directory, uuid());
  await writeFile(path, content);
  return path;
}

it('takes a file over and gives it back', async () => {
  const source = await temporary('ship');
  const key = await storage.put(source, uuid(), 'attempt-1', 'text.txt');
  expect(existsSync(source)).toBe(false);
  const { stream, size } = await storage.open(key);
  expect([await text(stream), size]).toEqual(['ship', 4]);
  expect(await storage.withLocalFile(key, (path) => readdir(join(path, '..')))).toEqual(['text.txt']);
});

it('removes a part of a folder or all of it, once or twice', async () => {
  const id = uuid();
  const source = await storage.put(await temporary('a'), id, 'source');
  const artifact = await storage.put(await temporary('b'), id, 'attempt-1', 'b.txt');
  await storage.remove(id, 'attempt-1');
  await expect(storage.open(artifact)).rejects.toThrow();
  expect((await storage.open(source)).stream.destroy().destroyed).toBe(true);
  await storage.remove(id);
  await storage.remove(id);
  await expect(storage.open(source)).rejects.toThrow();
});

it('finds the folders that have been untouched for a while', async () => {
  const [old, young] = [uuid(), uuid()];
  const key = await storage.put(await temporary('a'), old, 'source');
  await storage.put(await temporary('b'), young, 'source');
  const hourAgo = Date.now() / 1000 - 3600;
  await storage.withLocalFile(key, (path) => utimes(join(path, '..'), hourAgo, hourAgo));
  const found: string[] = [];
  for await (const folder of storage.foldersOlderThan(900)) found.push(folder);
  expect(found).toEqual([old]);
});

it('finds no folders that are not its own', async () => {
  const id = uuid();
  const key = await storage.put(await temporary('a'), id, 'source');
  const past = Date.now() / 1000 - 3600;
  await storage.withLocalFile(key, async (path) => {
    const shard = join(path, '../..');
    for (const name of ['lost+found', '.DS_Store', '-'.repeat(36), id.toUpperCase()]) {
      await mkdir(join(shard, name));
    }
    for (const name of await readdir(shard)) await utimes(join(shard, name), past, past);
  });
  const found: string[] = [];
  for await (const folder of storage.foldersOlderThan(900)) found.push(folder);
  expect(found).toEqual([id]);
});

it.each([
  ['../etc', 'source'],
  ['', 'source'],
  [uuid(), '..'],
  [uuid(), 'a/b'],
  [uuid(), '.hidden'],
  [uuid(), 'nul\0byte'],
])('makes no key of %j and %j', async (folder, name) => {
  const source = await temporary('x');
  await expect(storage.put(source, folder, name)).rejects.toThrow('Not a storage key.');
  await expect(storage.remove(folder, name)).rejects.toThrow('Not a storage key.');
  expect(existsSync(source)).toBe(true);
});
