import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { analyzeVideo, removeFolders, temporaryFolder } from '../../../test/support/media/analyze-video.js';
import { agreed, seenOn, type SeenObject } from '../../../test/support/media/photographed-objects.js';
import { photograph } from '../../../test/support/media/photographs.js';
import { clip } from '../../../test/support/media/videos.js';

afterAll(removeFolders);

interface ObjectsAtTime {
  readonly time: number;
  readonly objects: SeenObject[];
}

/** A video of two seconds of each photograph, pressed into 960 × 640 pixels. */
async function filmOf(...numbers: readonly number[]) {
  const folder = await temporaryFolder();
  const inputs = await Promise.all(
    numbers.map(async (number) => {
      const path = join(folder, `${number}.jpg`);
      await writeFile(path, await photograph(number));
      return ['-loop', '1', '-t', '2', '-r', '10', '-i', path];
    }),
  );
  const fitted = numbers.map((_, index) => `[${index}]scale=960:640,setsar=1[v${index}]`).join(';');
  const joined = `${fitted};${numbers.map((_, index) => `[v${index}]`).join('')}concat=n=${numbers.length}`;
  const path = join(folder, 'film.mp4');
  const encoding = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', path];
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...inputs.flat(), '-filter_complex', joined, ...encoding]);
  return { path, mediaType: 'video/mp4' };
}

it('finds the objects of each key frame, in pixels of the film', async () => {
  const { results, reports } = await analyzeVideo(await filmOf(1, 5), { features: ['keyframes', 'objects'] });
  const { keyframes, objects } = results as typeof results & { objects: ObjectsAtTime[] };

  expect(reports).toEqual([]);
  expect(objects.map(({ time }) => time)).toEqual(keyframes?.map(({ time }) => time));
  expect(objects).toHaveLength(2);
  // The first photograph is 1920 × 1280, the second 1920 × 1398; both fill the video.
  const onPhotograph = (index: number, height: number) =>
    objects[index]!.objects.map(({ label, box }) => ({
      label,
      box: {
        x: box.x * 2,
        y: (box.y * height) / 640,
        width: box.width * 2,
        height: (box.height * height) / 640,
      },
    }));
  expect(agreed(seenOn(1), onPhotograph(0, 1280)).length).toBeGreaterThanOrEqual(3);
  expect(agreed(seenOn(5), onPhotograph(1, 1398)).length).toBeGreaterThanOrEqual(4);
});

it('finds nothing in plain colours', async () => {
  const { results } = await analyzeVideo(await clip({ seconds: 2, cuts: [1], container: 'mp4' }), {
    features: ['objects'],
  });
  const { objects } = results as { objects: ObjectsAtTime[] };
  expect(objects.map((frame) => frame.objects)).toEqual([[], []]);
});
