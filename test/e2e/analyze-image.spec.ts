import sharp from 'sharp';
import { analyze, call, send, signedIn } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';

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

/** Left half red, right half blue. */
const halves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#ff0000' } })
    .composite([
      {
        input: { create: { width: width / 2, height, channels: 3, background: '#0000ff' } },
        left: width / 2,
        top: 0,
      },
    ])
    .removeAlpha()
    .png()
    .toBuffer();

it('brings a picture from the upload to its results', async () => {
  const accepted = await send(facet.url, await halves(640, 480), { filename: 'halves.png' });
  expect(accepted.status).toBe(202);
  expect(accepted.body).toMatchObject({
    status: 'queued',
    file_type: 'image',
    filename: 'halves.png',
    queue_position: 1,
  });
  expect(accepted.headers.get('location')).toBe(`/api/v1/results/${accepted.body.analysis_id}`);

  const row = await analyze(facet.url, await halves(640, 480), { filename: 'halves.png' });
  expect(row).toMatchObject({ status: 'completed', progress: 100, media_type: 'image/png', error: null, attempts: 1 });
  expect(row.results.image).toMatchObject({ width: 640, height: 480, format: 'png', has_alpha: false });
  const shares = Object.fromEntries(row.results.colors.dominant.map(({ hex, share }: any) => [hex, share]));
  expect(shares['#ff0000']).toBeCloseTo(0.5, 2);
  expect(shares['#0000ff']).toBeCloseTo(0.5, 2);
});

it('serves the thumbnail as a picture', async () => {
  const row = await analyze(facet.url, await halves(2000, 1000));
  const [thumbnail] = row.artifacts;
  expect(thumbnail).toMatchObject({ name: 'thumbnail.jpg', media_type: 'image/jpeg' });
  const response = await fetch(`${facet.url}${String(thumbnail.url)}`, { headers: signedIn() });
  expect(response.headers.get('content-type')).toBe('image/jpeg');
  const { width, height } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
  expect(width / height).toBeCloseTo(2, 1);
});

it('runs only the features that were asked for', async () => {
  const row = await analyze(facet.url, await halves(64, 64), { fields: { features: 'colors, image' } });
  expect(row.features).toEqual(['image', 'colors']);
  expect(Object.keys(row.results)).toEqual(['image', 'colors']);
  expect(row.artifacts).toEqual([]);
});

it('answers under the unversioned paths as under its own', async () => {
  const row = await analyze(facet.url, await halves(64, 64), { fields: { features: 'image' } });
  for (const [alias, path] of [
    [`/results/${row.id}`, `/api/v1/results/${row.id}`],
    ['/results?per_page=2', '/api/v1/results?per_page=2'],
    [`/api/progress/${row.id}`, `/api/v1/progress/${row.id}`],
    ['/api/statistics', '/api/v1/statistics'],
    ['/api/history?days=3', '/api/v1/history?days=3'],
  ] as const) {
    expect((await call(facet.url, alias)).body).toEqual((await call(facet.url, path)).body);
  }
});
