import type { Raster } from '../../media/pixels/raster.js';
import { rotateQuarter } from '../../media/pixels/turn.js';
import { turnedBack } from './turned-face.js';

/** A black image with one white rectangle. */
function marked(width: number, height: number, box: { x: number; y: number; width: number; height: number }): Raster {
  const data = new Uint8Array(3 * width * height);
  for (let y = box.y; y < box.y + box.height; y++)
    data.fill(255, 3 * (y * width + box.x), 3 * (y * width + box.x + box.width));
  return { data, width, height, channels: 3 };
}

function whiteIn({ data, width }: Raster) {
  const white = [...data.keys()].filter((at) => at % 3 === 0 && data[at] === 255).map((at) => at / 3);
  const [columns, rows] = [white.map((at) => at % width), white.map((at) => Math.floor(at / width))];
  const [x, y] = [Math.min(...columns), Math.min(...rows)];
  return { x, y, width: Math.max(...columns) - x + 1, height: Math.max(...rows) - y + 1 };
}

it.each([90, 180, 270] as const)('finds back from a turn by %i°', async (degrees) => {
  const box = { x: 3, y: 11, width: 5, height: 4 };
  const picture = marked(40, 30, box);
  const turned = await rotateQuarter(picture, degrees);
  const found = whiteIn(turned);
  const face = {
    box: found,
    score: 1,
    landmarks: [[found.x + found.width / 2, found.y + found.height / 2]] as const,
    pose: { yaw: 0, pitch: 0, roll: 0 },
    estimatedAge: 30,
    embedding: null,
  };
  expect(turnedBack(face, degrees, picture)).toMatchObject({ box, landmarks: [[5.5, 13]], turn: degrees });
});
