import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { v7 as uuid } from 'uuid';
import { FileMissing, type FileStore, storageKeyOf } from '../../src/files/file-store.js';

/** What every store of files does, wherever its bytes are. */
export function fileStoreContract(build: () => Promise<FileStore>): void {
  let folder: string;
  let store: FileStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facet-store-'));
    store = await build();
  });

  afterEach(() => rm(folder, { recursive: true }));

  const temporary = async (content: string | Buffer): Promise<string> => {
    const path = join(folder, uuid());
    await writeFile(path, content);
    return path;
  };
  const put = async (content: string | Buffer, key = storageKeyOf(uuid(), 'source')): Promise<string> => {
    await store.put(await temporary(content), key);
    return key;
  };
  const contentOf = async (key: string): Promise<string> => text((await store.open(key)).stream);

  it('takes a temporary file over and gives its bytes back', async () => {
    const [path, key] = [await temporary('ship'), storageKeyOf(uuid(), 'attempt-1', 'text.txt')];
    await store.put(path, key);
    expect(existsSync(path)).toBe(false);
    const { stream, size } = await store.open(key);
    expect([await text(stream), size]).toEqual(['ship', 4]);
    expect(await store.withLocalFile(key, (local) => readFile(local, 'utf8'))).toBe('ship');
  });

  it('keeps files of one subject and of others apart', async () => {
    const id = uuid();
    const keys = [storageKeyOf(id, 'a'), storageKeyOf(id, 'folder', 'a'), storageKeyOf(uuid(), 'a')];
    for (const [index, key] of keys.entries()) await put(String(index), key);
    expect(await Promise.all(keys.map(contentOf))).toEqual(['0', '1', '2']);
  });

  it('puts the later file in the place of the earlier one', async () => {
    const key = await put('earlier');
    await put('later', key);
    expect(await contentOf(key)).toBe('later');
  });

  it('keeps an empty file and a large one', async () => {
    const large = Buffer.alloc(3_000_001, 'facet');
    const [empty, big] = [await put(''), await put(large)];
    expect((await store.open(empty)).size).toBe(0);
    expect(await buffer((await store.open(big)).stream)).toEqual(large);
  });

  it.each([
    [0, 0, 'a'],
    [2, 4, 'cde'],
    [5, 5, 'f'],
    [0, 5, 'abcdef'],
  ])('opens the bytes %i to %i', async (start, end, bytes) => {
    const { stream, size } = await store.open(await put('abcdef'), { start, end });
    expect([await text(stream), size]).toEqual([bytes, 6]);
  });

  it.each([
    [-1, 2],
    [3, 2],
    [0, 6],
    [6, 7],
  ])('has no bytes %i to %i', async (start, end) => {
    await expect(store.open(await put('abcdef'), { start, end })).rejects.toThrow(RangeError);
  });

  it('says that a file is missing', async () => {
    const key = storageKeyOf(uuid(), 'source');
    await expect(store.open(key)).rejects.toThrow(FileMissing);
    await expect(store.withLocalFile(key, () => Promise.resolve(1))).rejects.toThrow(FileMissing);
  });

  it('removes a file, once or twice, and none beside it', async () => {
    const id = uuid();
    const [gone, stays] = [
      await put('a', storageKeyOf(id, 'attempt-1', 'a')),
      await put('b', storageKeyOf(id, 'source')),
    ];
    await store.remove(gone);
    await store.remove(gone);
    await expect(store.open(gone)).rejects.toThrow(FileMissing);
    expect(await contentOf(stays)).toBe('b');
  });

  it('loses nothing while files of one subject come and go at the same time', async () => {
    const id = uuid();
    const name = (number: number) => storageKeyOf(id, `attempt-${number % 3}`, String(number));
    await Promise.all(
      Array.from({ length: 24 }, async (_, number) => {
        await put(String(number), name(number));
        if (number % 2 === 0) await store.remove(name(number));
      }),
    );
    for (let number = 1; number < 24; number += 2) expect(await contentOf(name(number))).toBe(String(number));
  });

  it('leaves a reader its file that is removed meanwhile, or ends it with an error', async () => {
    const key = await put(Buffer.alloc(1_000_000, 'x'));
    const { stream } = await store.open(key);
    await store.remove(key);
    const read = await buffer(stream).then(
      ({ length }) => length,
      () => 'an error',
    );
    expect([1_000_000, 'an error']).toContain(read);
  });

  it('fails a file that is not there, and keeps nothing of it', async () => {
    const key = storageKeyOf(uuid(), 'source');
    await expect(store.put(join(folder, 'missing'), key)).rejects.toThrow();
    await expect(store.open(key)).rejects.toThrow(FileMissing);
  });
}
