import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnalyzeInput } from '../../src/analysis/analyze.task.js';
import type { AnalysisTask } from '../../src/analysis/analyzer.js';
import type { FileType } from '../../src/media/media-type/file-types.js';
import type { SandboxOutcome } from '../../src/sandbox/messages.js';
import { SandboxProcess } from '../../src/sandbox/sandbox-process.js';
import { solid } from '../support/media/images.js';
import { clip } from '../support/media/videos.js';
import { modelsDirectory } from '../support/models.js';
import { buildSmallDisk, type SmallDisk } from '../support/small-disk.js';

const CHILD = join(__dirname, '../../dist/sandbox/child.js');

let folder: string;
let disk: SmallDisk;
let analyzer: SandboxProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-full-'));
});

beforeEach(() => {
  disk = buildSmallDisk(2);
  analyzer = new SandboxProcess(CHILD, { memory: 1536, niceness: 5, path: process.env.PATH! });
});

afterEach(async () => {
  await analyzer.kill();
  disk.remove();
});

afterAll(() => rm(folder, { recursive: true }));

function run(fileType: FileType, task: Pick<AnalysisTask, 'path' | 'mediaType' | 'features'>): Promise<SandboxOutcome> {
  return analyzer.run(
    {
      module: pathToFileURL(join(__dirname, '../../dist/analysis/analyze.task.js')).href,
      input: {
        fileType,
        task: { ...task, options: {} },
        ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
        models: modelsDirectory,
      } satisfies AnalyzeInput,
      workDirectory: disk.directory,
      timeout: 60_000,
    },
    { timeout: 60_000, signal: new AbortController().signal, progress: () => undefined, report: () => undefined },
  );
}

const kept = async (name: string, content: Buffer | string): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

const works: [string, () => Promise<SandboxOutcome>][] = [
  [
    'the thumbnail of an image',
    async () =>
      run('image', {
        path: await kept('a.png', await solid(400, 300, '#336699').png().toBuffer()),
        mediaType: 'image/png',
        features: ['image', 'thumbnail'],
      }),
  ],
  [
    'the text of a document',
    async () =>
      run('document', {
        path: await kept('a.html', `<html><body>${'<p>A few words.</p>'.repeat(20_000)}</body></html>`),
        mediaType: 'text/html',
        features: ['document', 'text'],
      }),
  ],
  [
    'the key frames of a video',
    async () =>
      run('video', {
        path: (await clip({ seconds: 2, cuts: [1] })).path,
        mediaType: 'video/mp4',
        features: ['video', 'keyframes', 'contact_sheet'],
      }),
  ],
];

it.each(works)('says that the disk is full, not that the file is bad: %s', async (_what, work) => {
  disk.fill(process.pid);
  const outcome = await work();
  disk.makeRoom(process.pid);
  expect(outcome).toMatchObject({ kind: 'disk_failed', trouble: 'full' });
});

it('still fails a file that is bad, where there is room', async () => {
  const path = await kept('bad.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  expect(await run('image', { path, mediaType: 'image/png', features: ['image'] })).toMatchObject({
    kind: 'failed',
    code: 'image_unreadable',
  });
});
