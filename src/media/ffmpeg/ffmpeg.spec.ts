import { clip } from '../../../test/support/media/videos.js';
import { runFfmpeg, runFfprobe } from './ffmpeg.js';
import { localInput } from './local-input.js';

const limits = { timeout: 60_000, stdoutLimit: 1_000_000 };

const input = (path: string, demuxer: string, maxPixels = 1_000_000) =>
  localInput({ path, demuxer, maxPixels, threads: 1 });

it('reads a local file and writes raw pictures', async () => {
  const { path } = await clip({ width: 64, height: 48 });
  const args = [...input(path, 'mov'), '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
  expect(await runFfmpeg('ffmpeg', args, limits)).toHaveLength(64 * 48 * 3);
});

it('reports the time that the output has come to', async () => {
  const { path } = await clip({ seconds: 6 });
  const seconds: number[] = [];
  const onProgress = (time: number) => seconds.push(time);
  await runFfmpeg('ffmpeg', [...input(path, 'mov'), '-f', 'null', '-'], { ...limits, onProgress });
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  expect(seconds.at(-1)).toBeCloseTo(6, 0);
});

it('lets ffprobe look into the same input', async () => {
  const { path } = await clip();
  const printed = await runFfprobe(
    'ffprobe',
    ['-show_entries', 'stream=codec_name', '-of', 'csv=p=0', ...input(path, 'mov')],
    limits,
  );
  expect(printed.toString().trim().split('\n')).toEqual(['h264', 'aac']);
});

it('uses no demuxer but the one that was named', async () => {
  const { path } = await clip({ container: 'mkv' });
  await expect(runFfprobe('ffprobe', input(path, 'mov'), limits)).rejects.toMatchObject({ kind: 'exit' });
});

it('uses no protocol but files', async () => {
  const args = input('x', 'mov').map((argument) => (argument === 'file:x' ? 'http://127.0.0.1:9/x.mp4' : argument));
  await expect(runFfprobe('ffprobe', args, limits)).rejects.toThrow(/whitelist/);
});

it('decodes no picture of more pixels than allowed', async () => {
  const { path } = await clip({ width: 640, height: 480 });
  const args = (pixels: number) => [...input(path, 'mov', pixels), '-frames:v', '1', '-f', 'rawvideo', 'pipe:1'];
  const decoded = async (pixels: number) => (await runFfmpeg('ffmpeg', args(pixels), limits).catch(() => '')).length;
  expect(await decoded(640 * 480)).toBe(640 * 480 * 1.5);
  expect(await decoded(640 * 480 - 1)).toBe(0);
});
