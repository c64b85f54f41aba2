import { execFile } from 'node:child_process';
import { copyFile, readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { analyzeVideo, removeFolders, temporaryFolder } from '../../../test/support/media/analyze-video.js';
import { altered, borrowingFrom, type MediaFile, playlist } from '../../../test/support/media/hostile-videos.js';
import { clip } from '../../../test/support/media/videos.js';

/** Files that name other files. Each trap is shown to snap on a decoder that is not held back. */

const run = promisify(execFile);

const here = process.cwd();

afterEach(async () => {
  process.chdir(here);
  await removeFolders();
});

it.each(['hls', 'concat'] as const)('does not follow a playlist: %s', async (kind) => {
  const { folder, canary } = await withCanary('mp4');
  const trap = await playlist(kind, canary, folder);
  expect(await opens(trap.path)).toBe(true);

  const before = await forgotten(canary.path);
  await expect(analyzeVideo(trap)).rejects.toMatchObject({ code: 'video_unreadable' });
  expect((await stat(canary.path)).atimeMs).toBe(before);
});

it('does not fetch the pictures of a MOV from another file', async () => {
  const { folder, canary } = await withCanary('mov');
  const trap = await altered(await clip({ container: 'mov', audio: false }), folder, borrowingFrom(canary.path));
  expect(await opens(trap.path, ['-enable_drefs', '1'])).toBe(true);

  const before = await forgotten(canary.path);
  await expect(analyzeVideo(trap)).rejects.toMatchObject({ code: 'video_without_frames' });
  expect((await stat(canary.path)).atimeMs).toBe(before);
});

it.each(['-dash.mp4', 'concat:a|b.mp4', 'frame%03d.mp4', 'http:~a?b.mp4', 'pipe:0', "quote'; touch x.mp4"])(
  'takes a file called %s for a file',
  async (name) => {
    const film = await clip({ seconds: 1 });
    const folder = await temporaryFolder();
    await copyFile(film.path, join(folder, name));
    process.chdir(folder);
    const { results } = await analyzeVideo({ path: name, mediaType: film.mediaType });
    expect(results.video).toMatchObject({ frames: 25 });
    expect(await readdir(folder)).toEqual([name]);
  },
);

/** A video beside the trap, which no process may open. */
async function withCanary(container: 'mp4' | 'mov'): Promise<{ folder: string; canary: MediaFile }> {
  const folder = await temporaryFolder();
  const film = await clip({ container, audio: false });
  const path = join(folder, `canary.${container}`);
  await copyFile(film.path, path);
  return { folder, canary: { path, mediaType: film.mediaType } };
}

/** Whether a decoder that is not held back gets a frame out of the trap. */
async function opens(path: string, options: readonly string[] = []): Promise<boolean> {
  const one = ['-frames:v', '1', '-f', 'rawvideo', '-'];
  const input = ['-nostdin', '-v', 'quiet', ...options, '-i', path];
  const { stdout } = await run('ffmpeg', [...input, ...one], { encoding: 'buffer', maxBuffer: 1e8 });
  return stdout.length > 0;
}

/** Sets the time of the last reading back, so that any reading shows, also where it is kept only now and then. */
async function forgotten(path: string): Promise<number> {
  await utimes(path, new Date('1990-01-01'), new Date());
  return (await stat(path)).atimeMs;
}
