import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { Environment } from '../platform/config/environment.js';
import { processPlace } from '../platform/disk/process-place.js';
import { identify } from '../platform/embedded/process-identity.js';
import { TemporaryFiles } from './temporary-files.service.js';

const DAY_AGO = new Date(Date.now() - 86_400_000);
const ELSEWHERE = '0123456789ab';

let directory: string;
let folder: string;
let temporary: TemporaryFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'facet-temporary-'));
  folder = join(directory, 'tmp');
  await mkdir(folder);
  temporary = new TemporaryFiles(new Environment().with({ DATA_DIR: directory }));
  await temporary.introduce();
});

afterEach(() => rm(directory, { recursive: true }));

const lay = async (name: string, time = new Date()): Promise<string> => {
  await writeFile(join(folder, name), 'bytes');
  await utimes(join(folder, name), time, time);
  return name;
};

it('lends a path and removes what the work leaves there, whether it ends well or not', async () => {
  const content = await temporary.during('upload', async (path) => {
    await writeFile(path, 'bytes');
    return readdir(folder);
  });
  expect(content).toHaveLength(1);
  const failing = temporary.during('work', async (path) => {
    await mkdir(path);
    await writeFile(join(path, 'part'), 'bytes');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await readdir(folder)).toEqual([]);
});

it('removes at once what dead processes of this place held, also when their number is taken again', async () => {
  const here = processPlace();
  const { started } = (await identify(process.pid))!;
  await lay(`upload-${here}-4194304-${started}-${uuid()}`);
  await lay(`work-${here}-${process.pid}-0earlier-${uuid()}-1`);
  const mine = await lay(`upload-${here}-${process.pid}-${started}-${uuid()}`, DAY_AGO);
  await temporary.removeLeftovers();
  expect(await readdir(folder)).toEqual([mine]);
});

it('removes what processes elsewhere held only after a long silence', async () => {
  const young = await lay(`work-${ELSEWHERE}-${process.pid}-1-${uuid()}-1`);
  await lay(`work-${ELSEWHERE}-${process.pid}-1-${uuid()}-2`, DAY_AGO);
  await lay(`upload-${uuid()}`, DAY_AGO);
  const older = await lay(`upload-${uuid()}`);
  await temporary.removeLeftovers();
  expect((await readdir(folder)).sort()).toEqual([young, older].sort());
});

it('touches nothing that it has not named', async () => {
  const names = ['report.txt', 'lost+found', 'upload', 'work-in-progress', `stage-${uuid()}`, `upload-${ELSEWHERE}`];
  for (const name of names) await lay(name, DAY_AGO);
  await temporary.removeLeftovers();
  expect((await readdir(folder)).sort()).toEqual([...names].sort());
});

it('removes by name what earlier attempts have left, whichever process it was', async () => {
  const [id, other] = [uuid(), uuid()];
  await lay(`work-${ELSEWHERE}-7-1-${id}-1`);
  await lay(`work-${processPlace()}-${process.pid}-1-${id}-2`);
  const stays = [await lay(`work-${ELSEWHERE}-7-1-${id}-3`), await lay(`work-${ELSEWHERE}-7-1-${other}-1`)];
  await temporary.removeNamed('work', new Set([`${id}-1`, `${id}-2`]));
  expect((await readdir(folder)).sort()).toEqual([...stays].sort());
});
