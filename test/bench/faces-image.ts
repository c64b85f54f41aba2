import sharp, { type Sharp } from 'sharp';
import { imageAnalyzer } from '../../src/analysis/image/image.analyzer.js';
import { levelsOf } from '../../src/vision/faces/detection/tiles.js';
import { photographs } from '../support/media/photographs.js';
import { buildContext } from './analysis-context.js';
import { type BareBox, openBareModels, unite, VIEW } from './bare-faces.js';
import { type Figures, secondsOf, takeTurns } from './figures.js';
import type { Workbench } from './workbench.js';

/** Seconds for the turns of both. */
const TIME = 40;

/** Longer sides in pixels at which a candidate is looked at again. */
const AGAIN = [36, 110];

type Models = Awaited<ReturnType<typeof openBareModels>>;

/**
 * Photographs a second whose faces are found and described: the feature `faces` against a script with sharp and the same
 * ONNX sessions that looks at the same views, and at each face again with the same models.
 */
export async function facesImageBenchmark(bench: Workbench): Promise<Figures> {
  const models = await openBareModels();
  const paths = photographs.map(({ path }) => path);
  const rate = async (work: (path: string) => Promise<unknown>) =>
    paths.length /
    (await secondsOf(async () => {
      for (const path of paths) await work(path);
    }));
  const { ours, reference } = await takeTurns(
    TIME,
    () => rate((path) => analyze(path, bench.folder)),
    () => rate((path) => bareFaces(path, models)),
  );
  return {
    name: 'faces-image',
    unit: 'photographs/s',
    ours,
    reference,
    reference_name: 'sharp and the same sessions',
    ratio: ours / reference,
  };
}

async function analyze(path: string, folder: string): Promise<void> {
  const task = { path, mediaType: 'image/jpeg', features: ['faces'], options: {} };
  const { faces } = await imageAnalyzer.analyze(task, buildContext(folder));
  if (!Array.isArray(faces) || faces.length < 3) throw new Error('The faces were not found');
}

async function bareFaces(path: string, models: Models): Promise<void> {
  const { data, info } = await sharp(path)
    .resize({ width: 2500, height: 2500, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = sharp(data, { raw: info });
  // A feature also looks at the picture at 512 pixels before it begins.
  await sharp(path).resize({ width: 512 }).raw().toBuffer();
  const candidates: BareBox[] = [];
  for (const { scale, width, height, tallest, tiles } of levelsOf(info.width, info.height)) {
    const level = await picture.clone().resize(width, height).raw().toBuffer();
    for (const { x, y } of tiles)
      for (const box of await models.detect(level, width, height, x, y))
        if (box.height <= tallest) candidates.push(moved(box, x, y, 1 / scale));
  }
  const faces = [];
  for (const candidate of unite(candidates)) {
    const scores = [candidate.score];
    for (const size of AGAIN) scores.push(await lookAgain(picture, info, candidate, size, models));
    if (scores.reduce((sum, score) => sum + score) / scores.length > 0.75) faces.push(candidate);
  }
  for (const face of faces) await describe(picture, info, face, models);
}

const moved = (box: BareBox, x: number, y: number, factor: number): BareBox => ({
  x: (box.x + x) * factor,
  y: (box.y + y) * factor,
  width: box.width * factor,
  height: box.height * factor,
  score: box.score,
});

interface Size {
  readonly width: number;
  readonly height: number;
}

function partAround(box: BareBox, { width, height }: Size, room: Size) {
  const left = Math.max(0, Math.round(box.x + box.width / 2 - room.width / 2));
  const top = Math.max(0, Math.round(box.y + box.height / 2 - room.height / 2));
  return {
    left,
    top,
    width: Math.min(Math.round(room.width), width - left),
    height: Math.min(Math.round(room.height), height - top),
  };
}

async function lookAgain(picture: Sharp, size: Size, box: BareBox, side: number, models: Models) {
  const scale = side / Math.max(box.width, box.height);
  const part = partAround(box, size, { width: VIEW.width / scale, height: VIEW.height / scale });
  const { data, info } = await picture
    .clone()
    .extract(part)
    .resize({ ...VIEW, fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const found = await models.detect(data, info.width, info.height);
  return Math.max(0, ...found.map(({ score }) => score));
}

async function describe(picture: Sharp, size: Size, face: BareBox, models: Models): Promise<void> {
  const square = (room: number, pixels: number) => {
    const side = room * Math.max(face.width, face.height);
    const part = partAround(face, size, { width: side, height: side });
    return picture.clone().extract(part).resize(pixels, pixels, { fit: 'fill' });
  };
  await models.landmarks(await square(1.1, 64).greyscale().raw().toBuffer());
  await models.pose(await square(1.2, 224).raw().toBuffer());
  await models.age(await square(1.4, 64).raw().toBuffer());
}
