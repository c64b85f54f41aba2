import type { Box } from '../../../src/media/pixels/raster.js';

type Drawn = readonly [label: string, x: number, y: number, width: number, height: number];

const person = (x: number, y: number, width: number, height: number): Drawn => ['person', x, y, width, height];

/** What a person sees in each of the six photographs, with boxes drawn by eye to about 20 pixels. */
const drawn: readonly (readonly Drawn[])[] = [
  [
    person(162, 217, 542, 1064),
    person(722, 318, 523, 963),
    person(1227, 180, 614, 1101),
    ['wine glass', 271, 1021, 155, 249],
  ],
  [
    person(11, 43, 873, 1321),
    person(805, 79, 505, 1285),
    person(1173, 36, 715, 1328),
    ['cell phone', 72, 1245, 227, 97],
  ],
  [
    person(0, 242, 956, 1108),
    person(848, 134, 595, 1216),
    person(1353, 217, 560, 1133),
    ['cup', 588, 794, 134, 188],
    ['cup', 1252, 1205, 166, 145],
  ],
  [person(80, 84, 525, 1363), person(211, 15, 777, 1432), person(739, 96, 574, 1351), person(1141, 96, 727, 1351)],
  [
    person(92, 794, 776, 602),
    person(406, 325, 517, 961),
    person(720, 41, 388, 1079),
    person(998, 159, 480, 961),
    person(942, 277, 905, 1120),
  ],
  [person(146, 370, 577, 1166), person(622, 215, 427, 1320), person(987, 162, 488, 1373), person(1312, 154, 488, 1381)],
];

export interface SeenObject {
  readonly label: string;
  readonly box: Box;
}

/** @param photograph 1–6 */
export const seenOn = (photograph: number): SeenObject[] =>
  drawn[photograph - 1]!.map(([label, x, y, width, height]) => ({ label, box: { x, y, width, height } }));

/** Objects that are both seen and found: of one label and at least half in common, each counted once. */
export function agreed<Found extends SeenObject>(seen: readonly SeenObject[], found: readonly Found[]): Found[] {
  const left = [...found];
  return seen.flatMap(({ label, box }) => {
    const index = left.findIndex((other) => other.label === label && inCommon(box, other.box) >= 0.5);
    return index < 0 ? [] : left.splice(index, 1);
  });
}

/** Shared area among all that either box covers. */
function inCommon(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (one.width * one.height + other.width * other.height - shared);
}
