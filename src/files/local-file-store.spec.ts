import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { fileStoreContract } from '../../test/support/file-store-contract.js';
import { Environment } from '../platform/config/environment.js';
import { storageKeyOf } from './file-store.js';
import { LocalFileStore } from './local-file-store.js';
import { TemporaryFiles } from './temporary-files.service.js';

const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function folder(beginning = join(tmpdir(), 'facet-files-')): Promise<string> {
  const made = await mkdtemp(beginning);
  folders.push(made);
  return made;
}

async function storeIn(DATA_DIR: string): Promise<LocalFileStore> {
  const environment = new Environment().with({ DATA_DIR });
  const temporary = new TemporaryFiles(environment);
  await temporary.introduce();
  return new LocalFileStore(environment, temporary);
}

describe('on one disk', () => {
  fileStoreContract(async () => storeIn(await folder()));

  it('leaves no folder of a subject whose last file goes', async () => {
    const directory = await folder();
    const store = await storeIn(directory);
    const [id, path] = [uuid(), join(directory, 'temporary')];
    await writeFile(path, 'x');
    await store.put(path, storageKeyOf(id, 'attempt-1', 'a'));
    await store.remove(storageKeyOf(id, 'attempt-1', 'a'));
    expect(await readdir(join(directory, 'files', id.slice(-3)))).toEqual([]);
  });
});

describe('on a disk of its own', () => {
  fileStoreContract(async () => {
    const [directory, elsewhere] = [await folder(), await folder('/dev/shm/facet-files-')];
    await symlink(elsewhere, join(directory, 'files'));
    expect((await stat(elsewhere)).dev).not.toBe((await stat(directory)).dev);
    return storeIn(directory);
  });
});

it.each([
  ['../etc', 'source'],
  ['', 'source'],
  [uuid(), '..'],
  [uuid(), 'a/b'],
  [uuid(), '.hidden'],
  [uuid(), 'nul\0byte'],
  [uuid().toUpperCase(), 'source'],
])('makes no key of %j and %j', (subject, name) => {
  expect(() => storageKeyOf(subject, name)).toThrow('Not a storage key.');
  expect(() => storageKeyOf(subject)).toThrow('Not a storage key.');
});
