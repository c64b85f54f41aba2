import { DESCRIBING_MODELS, type Face, FaceDescriber } from '../../../vision/faces/describe-faces.js';
import { turnedBack } from '../../../vision/faces/turned-face.js';
import type { Raster } from '../../../media/pixels/raster.js';
import { type QuarterTurn, rotateQuarter } from '../../../media/pixels/turn.js';
import { imageFeature } from '../image.feature.js';
import type { DecodedImage } from '../decoded-image.js';
import { onWhite } from '../../../media/pixels/on-white.js';

type FoundFace = Face & { readonly turn?: QuarterTurn };

/**
 * Faces, the surest first: `box`, `score` 0–1, `landmarks` (eyes, tip of the nose, corners of the mouth), `pose` in
 * degrees, `age` as an estimate in years, `embedding` on request, `turn` when the image was turned to find it.
 */
export const faces = imageFeature({
  name: 'faces',
  description: 'Faces with landmarks, pose, an estimate of age and, by option, embeddings',
  models: DESCRIBING_MODELS,
  run: async (image, context) => {
    const { embeddings = false, rotations = false } = image.options;
    const describer = await FaceDescriber.load(context.models, { embeddings: Boolean(embeddings) });
    const view = await rasterOf(image);
    let found: readonly FoundFace[] = await describer.describeFaces(view, image.large);
    if (found.length === 0 && rotations) found = await detectRotated(describer, view, image.large);
    return found.map((face) => shown(face, image, view));
  },
});

async function rasterOf(image: DecodedImage): Promise<Raster> {
  const { data, width, height } = await image.detail();
  return { data: image.facts.has_alpha ? new Uint8Array(onWhite(data).buffer) : data, width, height, channels: 4 };
}

/** The turn in which the faces are surest. */
async function detectRotated(
  describer: FaceDescriber,
  view: Raster,
  large: DecodedImage['large'],
): Promise<FoundFace[]> {
  let best: FoundFace[] = [];
  for (const degrees of [90, 180, 270] as const) {
    const turned = large && (async () => rotateQuarter(await large(), degrees));
    const found = await describer.describeFaces(await rotateQuarter(view, degrees), turned);
    if (totalScore(found) > totalScore(best)) best = found.map((face) => turnedBack(face, degrees, view));
  }
  return best;
}

const totalScore = (found: readonly FoundFace[]) => found.reduce((sum, { score }) => sum + score, 0);

function shown(
  { box, score, landmarks, pose, estimatedAge, embedding, turn }: FoundFace,
  image: DecodedImage,
  view: Raster,
) {
  const [across, along] = [image.facts.width / view.width, image.facts.height / view.height];
  return {
    box: image.originalBox(box, view),
    score: rounded(score, 3),
    landmarks: landmarks.map(([x, y]) => [rounded(x * across, 1), rounded(y * along, 1)]),
    pose: { yaw: rounded(pose.yaw, 1), pitch: rounded(pose.pitch, 1), roll: rounded(pose.roll, 1) },
    age: { estimate: Math.round(estimatedAge) },
    ...(turn !== undefined && { turn }),
    ...(embedding && { embedding: Array.from(embedding, (value) => rounded(value, 5)) }),
  };
}

const rounded = (value: number, decimals: number) => Math.round(value * 10 ** decimals) / 10 ** decimals;
