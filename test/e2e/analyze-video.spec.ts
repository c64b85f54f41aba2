import sharp from 'sharp';
import { analyze, signedIn } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { clip, colourOf, type ContainerName, recipes } from '../support/media/videos.js';

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const MEDIA_TYPES: Record<ContainerName, string> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  avi: 'video/x-msvideo',
  mkv: 'video/x-matroska',
  wmv: 'video/x-ms-wmv',
  flv: 'video/x-flv',
  webm: 'video/webm',
};

it.each(Object.keys(recipes) as ContainerName[])('finds facts, scenes and key frames in %s', async (container) => {
  const { path } = await clip({ seconds: 6, cuts: [2], container });
  const row = await analyze(facet.url, path, { filename: 'film.dat' });
  expect(row).toMatchObject({ status: 'completed', file_type: 'video', media_type: MEDIA_TYPES[container] });
  expect(row.results.video).toMatchObject({ width: 320, height: 240, container });
  expect(row.results.scenes.map(({ start }: { start: number }) => start)).toEqual([0, expect.closeTo(2, 1)]);
  const names = row.artifacts.map(({ name }: { name: string }) => name);
  expect(names.sort()).toEqual(['contact-sheet.jpg', 'keyframe-1.jpg', 'keyframe-2.jpg']);

  const frame = await fetch(`${facet.url}/api/v1/results/${row.id}/artifacts/keyframe-2.jpg`, { headers: signedIn() });
  const { channels } = await sharp(Buffer.from(await frame.arrayBuffer())).stats();
  const colour = colourOf(1);
  for (const [channel, { mean }] of channels.entries()) expect(Math.abs(mean - colour[channel]!)).toBeLessThan(30);
});
