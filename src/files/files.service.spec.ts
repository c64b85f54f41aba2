import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { buildGround, type Ground } from '../../test/support/facet.js';
import { Environment } from '../platform/config/environment.js';
import { storageKeyOf } from './file-store.js';
import { FilesCleaner } from './files.cleaner.js';
import type { FileRow } from './files.queries.js';
import { FilesService, type NewFile } from './files.service.js';
import { LocalFileStore } from './local-file-store.js';
import { TemporaryFiles } from './temporary-files.service.js';

let ground: Ground;
let source: DataSource;
let files: FilesService;
let cleaner: FilesCleaner;

beforeAll(async () => {
  ground = await buildGround();
  source = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
  const environment = new Environment().with({ DATA_DIR: ground.dataDirectory });
  const temporary = new TemporaryFiles(environment);
  await temporary.introduce();
  files = new FilesService(source.manager, new LocalFileStore(environment, temporary));
  cleaner = new FilesCleaner(environment, source.manager, files, temporary);
});

afterEach(() => source.query('DELETE FROM files'));

afterAll(async () => {
  await source.destroy();
  await ground.remove();
});

async function newFile(more: Partial<NewFile> = {}): Promise<NewFile> {
  const path = join(ground.dataDirectory, `temporary-${uuid()}`);
  await writeFile(path, 'ship');
  const subject = { kind: 'ship', id: uuid() };
  return { path, ownerId: uuid(), subject, name: 'hull.txt', mediaType: 'text/plain', sizeBytes: 4, ...more };
}

/** The file as it is kept. */
async function kept(more: Partial<NewFile> = {}): Promise<{ file: NewFile; row: FileRow }> {
  const file = await newFile(more);
  const [row] = await files.put([file]);
  await source.transaction((db) => files.keep(db, [row!]));
  return { file, row: row! };
}

const pathOf = ({ storage_key }: Pick<FileRow, 'storage_key'>): string =>
  join(ground.dataDirectory, 'files', storage_key);

const states = async (): Promise<string[]> =>
  (await source.query('SELECT state FROM files ORDER BY id')).map(({ state }: { state: string }) => state);

it('finds a file by its subject and name once it is kept, and opens it or a part of it', async () => {
  const { file } = await kept({ sha256: '0'.repeat(64) });
  const row = (await files.find(file.subject, 'hull.txt'))!;
  expect(row).toMatchObject({ name: 'hull.txt', media_type: 'text/plain', size_bytes: 4 });
  expect(await text((await files.open(row)).stream)).toBe('ship');
  expect(await text((await files.open(row, { start: 1, end: 2 })).stream)).toBe('hi');
  expect(await files.withLocalFile(row, (path) => readFile(path, 'utf8'))).toBe('ship');
  expect(await files.find(file.subject, 'keel.txt')).toBeNull();
  expect(await files.find({ kind: 'boat', id: file.subject.id }, 'hull.txt')).toBeNull();
});

it('keeps nothing of what its transaction takes back, whatever is read first', async () => {
  const file = await newFile();
  const [row] = await files.put([file]);
  const failing = source.transaction(async (db) => {
    await files.keep(db, [row!]);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await files.find(file.subject, file.name)).toBeNull();
  expect(existsSync(pathOf(row!))).toBe(true);
  await files.discard([row!]);
  expect(existsSync(pathOf(row!))).toBe(false);
  expect(await states()).toEqual([]);
});

it('discards nothing that was kept, as when the answer to a commit is lost', async () => {
  const { row } = await kept();
  await files.discard([row]);
  expect(await states()).toEqual(['stored']);
  expect(existsSync(pathOf(row))).toBe(true);
});

it('leaves nothing of files of which one cannot be put', async () => {
  const [good, bad] = [await newFile(), await newFile({ path: join(ground.dataDirectory, 'missing') })];
  await expect(files.put([good, bad])).rejects.toThrow('ENOENT');
  expect(await states()).toEqual([]);
  expect(existsSync(pathOf({ storage_key: storageKeyOf(good.subject.id, good.name) }))).toBe(false);
});

it('does not keep what the cleaner has taken', async () => {
  const [row] = await files.put([await newFile()]);
  await cleaner.cleanUp(0);
  await expect(source.transaction((db) => files.keep(db, [row!]))).rejects.toThrow('no longer there');
});

it('removes the files of a subject, or one of them', async () => {
  const subject = { kind: 'ship', id: uuid() };
  const { row: hull } = await kept({ subject });
  const { row: keel } = await kept({ subject, name: 'keel.txt' });
  const { row: other } = await kept();
  await files.remove(subject, 'keel.txt');
  expect([hull, keel, other].map((row) => existsSync(pathOf(row)))).toEqual([true, false, true]);
  await files.remove(subject);
  await files.remove(subject);
  expect([hull, other].map((row) => existsSync(pathOf(row)))).toEqual([false, true]);
});

it('removes leftovers of the folders that are named and of no others', async () => {
  const subject = { kind: 'ship', id: uuid() };
  const [first] = await files.put([await newFile({ subject, folder: 'attempt-1' })]);
  const [second] = await files.put([await newFile({ subject, folder: 'attempt-2' })]);
  const { row: stored } = await kept({ subject, folder: 'attempt-1', name: 'keel.txt' });
  await files.removeLeftoversOf(subject, ['attempt-1']);
  expect([first!, second!, stored].map((row) => existsSync(pathOf(row)))).toEqual([false, true, true]);
});

it('marks the files of an analysis with its row, however it goes', async () => {
  const id = uuid();
  const { row } = await kept({ subject: { kind: 'analysis', id }, name: 'source' });
  await source.query(
    `INSERT INTO analyses (id, file_type, filename, media_type, size_bytes, sha256, storage_key, features, options, status, job_id)
     VALUES ($1, 'image', 'a.png', 'image/png', 1, repeat('0', 64), $2, '{image}', '{}', 'queued', $3)`,
    [id, row.storage_key, id],
  );
  await source.query('DELETE FROM analyses');
  expect(await states()).toEqual(['removed']);
  await files.removeLeftoversOf({ kind: 'analysis', id });
  expect([await states(), existsSync(pathOf(row))]).toEqual([[], false]);
});

describe('the cleaner', () => {
  it('removes what has expired, what was being removed and what has waited too long, and nothing else', async () => {
    const { row: expired } = await kept({ expiresAt: new Date(Date.now() - 1000) });
    const { row: lasting } = await kept({ expiresAt: new Date(Date.now() + 60_000) });
    const { row: halfRemoved } = await kept();
    await source.query(`UPDATE files SET state = 'removed' WHERE id = $1`, [halfRemoved.id]);
    const [waiting] = await files.put([await newFile()]);
    const [forgotten] = await files.put([await newFile()]);
    await source.query(`UPDATE files SET created_at = now() - interval '1 day' WHERE id = $1`, [forgotten!.id]);

    await cleaner.cleanUp();
    const found = [expired, lasting, halfRemoved, waiting!, forgotten!].map((row) => existsSync(pathOf(row)));
    expect(found).toEqual([false, true, false, true, false]);
    expect(await states()).toEqual(['stored', 'pending']);
  });

  it('touches nothing that no row names, however old it is', async () => {
    const old = new Date(Date.now() - 365 * 86_400_000);
    const strangers = [
      join('files', uuid().slice(-3), uuid(), 'source'),
      join('files', 'portraits', 'ada.jpg'),
      join('tmp', 'stage-of-another-module', 'scene.mp4'),
    ];
    for (const name of strangers) {
      const path = join(ground.dataDirectory, name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, 'x');
      for (const touched of [path, join(path, '..')]) await utimes(touched, old, old);
    }
    await cleaner.cleanUp(0);
    expect(strangers.map((name) => existsSync(join(ground.dataDirectory, name)))).toEqual([true, true, true]);
  });

  it('goes on with others when one cannot be removed, and with that one the next time', async () => {
    const [stuck] = await files.put([await newFile()]);
    const [row] = await files.put([await newFile()]);
    // A folder with something in it stands where the file was.
    await rm(pathOf(stuck!));
    await mkdir(join(pathOf(stuck!), 'in-the-way'), { recursive: true });
    await cleaner.cleanUp(0);
    expect([await states(), existsSync(pathOf(row!))]).toEqual([['removed'], false]);
    await rm(pathOf(stuck!), { recursive: true });
    await cleaner.cleanUp(0);
    expect(await states()).toEqual([]);
  });
});
