import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { modelsDirectory } from '../support/models.js';

/** The sessions of the faces' models with a plain call each, as one would write it in an afternoon. */

const OPTIONS = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;

export const VIEW = { width: 320, height: 240 };

const open = (model: string, file: string) => InferenceSession.create(join(modelsDirectory, model, file), OPTIONS);

export interface BareBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly score: number;
}

export async function openBareModels() {
  const detector = await open('face-detector', 'fr_detect.onnx');
  const landmarks = await open('face-landmarks', 'fr_landmark.onnx');
  const pose = await open('face-pose', 'fr_pose.onnx');
  const age = await open('face-age', 'fr_age.onnx');
  return {
    detect: (rgb: Uint8Array, width: number, height: number, left = 0, top = 0) =>
      detect(detector, rgb, width, height, left, top),
    landmarks: (grey: Uint8Array) =>
      run(
        landmarks,
        Float32Array.from(grey, (level) => level / 256),
        [1, 1, 64, 64],
      ),
    pose: (rgb: Uint8Array) => run(pose, normalized(rgb), [1, 3, 224, 224]),
    age: (rgb: Uint8Array) => run(age, normalized(rgb), [1, 3, 64, 64]),
  };
}

const run = (session: InferenceSession, input: Float32Array, shape: number[]) =>
  session.run({ [session.inputNames[0]!]: new Tensor('float32', input, shape) });

/** Boxes in pixels of the view whose upper left corner is given; beyond the picture's end it is black. */
async function detect(
  session: InferenceSession,
  rgb: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
): Promise<BareBox[]> {
  const plane = VIEW.width * VIEW.height;
  const input = new Float32Array(3 * plane).fill(-127 / 128);
  const [right, bottom] = [Math.min(VIEW.width, width - left), Math.min(VIEW.height, height - top)];
  for (let y = 0; y < bottom; y++)
    for (let x = 0, to = y * VIEW.width, from = 3 * ((y + top) * width + left); x < right; x++, to++, from += 3) {
      input[to] = (rgb[from]! - 127) / 128;
      input[to + plane] = (rgb[from + 1]! - 127) / 128;
      input[to + 2 * plane] = (rgb[from + 2]! - 127) / 128;
    }
  const { scores, boxes } = await run(session, input, [1, 3, VIEW.height, VIEW.width]);
  return bestOf(scores!.data as Float32Array, boxes!.data as Float32Array);
}

function bestOf(scores: Float32Array, boxes: Float32Array): BareBox[] {
  const found: BareBox[] = [];
  for (let index = 0; 2 * index < scores.length; index++) {
    if (scores[2 * index + 1]! < 0.65) continue;
    const [x, y] = [boxes[4 * index]! * VIEW.width, boxes[4 * index + 1]! * VIEW.height];
    const [right, bottom] = [boxes[4 * index + 2]! * VIEW.width, boxes[4 * index + 3]! * VIEW.height];
    found.push({ x, y, width: right - x, height: bottom - y, score: scores[2 * index + 1]! });
  }
  return unite(found);
}

/** Greedy, by overlap. */
export function unite(found: BareBox[]): BareBox[] {
  const kept: BareBox[] = [];
  for (const box of found.sort((one, other) => other.score - one.score)) {
    const overlaps = kept.some((other) => {
      const width = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x);
      const height = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y);
      const shared = Math.max(0, width) * Math.max(0, height);
      return shared > 0.4 * (box.width * box.height + other.width * other.height - shared);
    });
    if (!overlaps) kept.push(box);
  }
  return kept;
}

const MEANS = [0.485, 0.456, 0.406];
const DEVIATIONS = [0.229, 0.224, 0.225];

function normalized(rgb: Uint8Array): Float32Array {
  const plane = rgb.length / 3;
  const input = new Float32Array(rgb.length);
  for (let channel = 0; channel < 3; channel++)
    for (let to = 0, from = channel; to < plane; to++, from += 3)
      input[to + channel * plane] = (rgb[from]! / 255 - MEANS[channel]!) / DEVIATIONS[channel]!;
  return input;
}
