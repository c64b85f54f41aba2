import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  analyzeVideo,
  everyFeature,
  removeFolders,
  temporaryFolder,
  type VideoWork,
} from '../../../test/support/media/analyze-video.js';
import {
  altered,
  claimingSize,
  cutAfter,
  cutBefore,
  damaged,
  type MediaFile,
  mutated,
  rawClaiming,
  withoutSamples,
} from '../../../test/support/media/hostile-videos.js';
import { clip, type ContainerName, make, recipes, soundOnly } from '../../../test/support/media/videos.js';

const run = promisify(execFile);

afterEach(removeFolders);

const containers = Object.keys(recipes) as ContainerName[];

/** A video that does not shrink to nothing, so that there is something to cut off. */
const noisy = (container: ContainerName, extra: readonly string[] = []) =>
  clip({ seconds: 9, cuts: [2, 5.4], container, width: 160, height: 120, filter: 'noise=alls=20:allf=t', extra });

/** Faces and objects too; few frames are looked at, since all are decoded to find those. */
const withModels: VideoWork = { features: everyFeature, options: { scene_threshold: 0.3, faces_per_second: 1 } };

const raw = async (): Promise<MediaFile> => ({
  path: await make('avi', ['-f', 'lavfi', '-i', 'color=red:s=64x64:r=5:d=1', '-c:v', 'rawvideo', '-pix_fmt', 'bgr24']),
  mediaType: 'video/x-msvideo',
});

describe('files that cannot be read', () => {
  it.each(['mp4', 'mov'] as const)('refuses an %s that was cut off before its index', async (container) => {
    const film = await altered(await noisy(container), await temporaryFolder(), cutAfter(0.9));
    await expect(analyzeVideo(film)).rejects.toMatchObject({ name: 'WorkFailure', code: 'video_unreadable' });
  });

  it.each(containers)('refuses noise that is called %s', async (container) => {
    const noise = await altered(await noisy(container), await temporaryFolder(), damaged(0, 1));
    await expect(analyzeVideo(noise)).rejects.toMatchObject({
      name: 'WorkFailure',
      code: expect.stringMatching(/^video_(unreadable|without_frames)$/) as string,
    });
  });

  it('refuses a container by the name of another, since the demuxer is not guessed', async () => {
    const { path } = await clip({ container: 'mkv' });
    await expect(analyzeVideo({ path, mediaType: 'video/mp4' })).rejects.toMatchObject({ code: 'video_unreadable' });
  });
});

describe('files without a picture', () => {
  it.each(containers)('refuses sound alone in %s', async (container) => {
    const failure = { name: 'WorkFailure', code: 'video_without_frames' };
    await expect(analyzeVideo(await soundOnly(container))).rejects.toMatchObject(failure);
  });

  it.each([
    ['mp4', 'mdat', ['-movflags', 'faststart']],
    ['avi', 'movi', []],
    ['mkv', '\x1f\x43\xb6\x75', []],
    ['webm', '\x1f\x43\xb6\x75', []],
  ] as const)('refuses the header of an %s alone', async (container, mark, extra) => {
    const film = await altered(await noisy(container, extra), await temporaryFolder(), cutBefore(mark));
    await expect(analyzeVideo(film)).rejects.toMatchObject({
      code: expect.stringMatching(/^video_(unreadable|without_frames)$/) as string,
    });
  });

  it('refuses sound with a cover, which is no film', async () => {
    const cover = await make('jpg', ['-f', 'lavfi', '-i', 'color=green:s=640x640', '-frames:v', '1']);
    const both = ['-i', cover, '-i', (await soundOnly('mp4')).path, '-map', '0', '-map', '1', '-c', 'copy'];
    const path = await make('mp4', [...both, '-disposition:v:0', 'attached_pic']);
    await expect(analyzeVideo({ path, mediaType: 'video/mp4' })).rejects.toMatchObject({
      code: 'video_without_frames',
    });
  });

  it('refuses an index without entries', async () => {
    const film = await altered(await clip(), await temporaryFolder(), withoutSamples);
    await expect(analyzeVideo(film)).rejects.toMatchObject({ code: 'video_without_frames' });
  });
});

describe('files that are damaged', () => {
  it.each(['avi', 'mkv', 'wmv', 'flv', 'webm'] as const)(
    'analyzes what is left of an %s cut in half',
    async (container) => {
      const film = await altered(await noisy(container), await temporaryFolder(), cutAfter(0.5));
      const { results } = await analyzeVideo(film);
      expectHalf(results.video?.duration, results.scenes);
    },
  );

  it('analyzes what is left of an mp4 with its index in front', async () => {
    const film = await altered(await noisy('mp4', ['-movflags', 'faststart']), await temporaryFolder(), cutAfter(0.5));
    const { results } = await analyzeVideo(film);
    expectHalf(results.video?.duration, results.scenes);
  });

  it.each(containers)('analyzes an %s with noise in the middle', async (container) => {
    const film = await altered(await noisy(container), await temporaryFolder(), damaged(0.4, 0.6));
    const { results, reports } = await analyzeVideo(film, withModels);
    expect(reports).toEqual([]);
    expect(results.scenes?.[0]).toEqual({ start: 0, end: expect.closeTo(2, 1) as number });
    expect(results.scenes?.at(-1)?.end).toBe(results.video?.duration);
    expect(results.keyframes).toHaveLength(results.scenes?.length ?? 0);
  });

  it.each(Array.from({ length: 21 }, (_, seed) => seed))('ends well with mutation %i', async (seed) => {
    const container = containers[seed % containers.length]!;
    const film = await altered(
      await clip({ seconds: 3, cuts: [1], container }),
      await temporaryFolder(),
      mutated(seed),
    );
    // Each container once with everything, twice with what needs no model.
    const outcome = await analyzeVideo(film, seed < containers.length ? withModels : {}).then(
      ({ results }) => results,
      (error: unknown) => error,
    );
    if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'WorkFailure' });
    else expect(numbersIn(outcome).every((number) => Number.isFinite(number) && number >= 0)).toBe(true);
  });

  function expectHalf(duration: unknown, scenes: { start: number; end: number }[] | undefined): void {
    expect(Number(duration)).toBeGreaterThan(3);
    expect(Number(duration)).toBeLessThan(5.4);
    expect(scenes).toEqual([
      { start: 0, end: expect.closeTo(2, 1) as number },
      { start: expect.closeTo(2, 1) as number, end: duration },
    ]);
  }

  const numbersIn = (value: unknown): number[] =>
    typeof value === 'number'
      ? [value]
      : typeof value === 'object' && value
        ? Object.values(value).flatMap(numbersIn)
        : [];
});

describe('headers that claim absurd things', () => {
  it('looks into the pictures for their size', async () => {
    const film = await altered(await clip(), await temporaryFolder(), claimingSize(65_535, 65_535));
    expect((await analyzeVideo(film)).results.video).toMatchObject({ width: 320, height: 240 });
  });

  it.each([
    ['no pictures a second', { scale: 0, rate: 1 }],
    ['two thousand million pictures a second', { scale: 1, rate: 0x7fffffff }],
    ['one picture in 68 years', { scale: 0x7fffffff, rate: 1 }],
  ])('survives %s', async (_, claim) => {
    const film = await altered(await raw(), await temporaryFolder(), rawClaiming(claim));
    const { results } = await analyzeVideo(film);
    const { duration, fps, frames } = results.video ?? {};
    expect(frames).toBe(5);
    expect(Number(duration)).toBeLessThanOrEqual(3600);
    expect(fps === null || (Number(fps) > 0 && Number(fps) <= 1000)).toBe(true);
  });

  it('decodes nothing of raw pictures of 65535 × 65535', async () => {
    const film = await altered(await raw(), await temporaryFolder(), rawClaiming({ width: 65_535, height: 65_535 }));
    await expect(analyzeVideo(film)).rejects.toMatchObject({ code: 'video_without_frames' });
  });

  it('refuses pictures that are too large by name', async () => {
    const path = await make('avi', [
      '-f',
      'lavfi',
      '-i',
      'color=red:s=9000x6000:r=1:d=1',
      '-c:v',
      'mjpeg',
      '-threads',
      '1',
    ]);
    const failure = { name: 'WorkFailure', code: 'video_too_large' };
    await expect(analyzeVideo({ path, mediaType: 'video/x-msvideo' })).rejects.toMatchObject(failure);
  });

  it('refuses a file of more than a hundred streams', async () => {
    const sound = Array.from({ length: 120 }, () => ['-map', '1:a']).flat();
    const inputs = ['-f', 'lavfi', '-i', 'color=red:s=64x64:d=1', '-f', 'lavfi', '-i', 'sine=d=1'];
    const path = await make('mkv', [...inputs, '-map', '0:v', ...sound, '-c:a', 'pcm_s16le', '-c:v', 'mpeg4']);
    await expect(analyzeVideo({ path, mediaType: 'video/x-matroska' })).rejects.toMatchObject({
      code: 'video_unreadable',
    });
  });
});

it('tells no caller where the file lay or what ffmpeg said, and leaves no process behind', async () => {
  const film = await altered(await noisy('mp4'), await temporaryFolder(), cutAfter(0.5));
  const failure: unknown = await analyzeVideo(film).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(String(failure)).not.toMatch(/moov|ffmpeg|ffprobe|\/|file:/);
  const { stdout } = await run('ps', ['-A', '-o', 'args=']);
  expect(stdout.split('\n').filter((line) => line.includes(film.path))).toEqual([]);
});
