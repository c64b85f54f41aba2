import type { Pixels } from './pixels.js';

export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export interface Swatch extends Colour {
  /** Part of the counted pixels, 0–1. */
  readonly share: number;
}

/** Colours that agree in the upper five bits of each channel: how many pixels, and the sums of their channels. */
interface Cell {
  readonly count: number;
  readonly sums: readonly [number, number, number];
}

type Axis = 0 | 1 | 2;
const AXES: readonly Axis[] = [0, 1, 2];

interface Cut {
  readonly axis: Axis;
  /** Cells whose mean on the axis is below go to one side. */
  readonly at: number;
  /** By how much the sum of squared distances falls. */
  readonly gain: number;
}

/** Pixels at least half transparent are not seen, so they are not counted. */
const MIN_OPAQUE_ALPHA = 128;

/** What is left of a group after a cut must be better by this much a pixel (squared grey levels), else it is one colour. */
const MIN_GAIN_PER_PIXEL = 16;

/** A group of fewer pixels than this part is an edge between two others. */
const MIN_SHARE = 0.005;

export interface Palette {
  /** Most frequent first; shares add up to 1; empty when nothing is opaque. */
  readonly swatches: readonly Swatch[];
  readonly average: Colour | null;
}

/**
 * The few colours that stand best for all: X. Wu's greedy orthogonal bipartition of RGB space (Graphics Gems II, 1991),
 * which cuts, again and again, where the sum of squared distances to the groups' means falls most.
 */
export function quantize(pixels: Pixels, most: number): Palette {
  const cells = histogram(pixels);
  if (cells.length === 0) return { swatches: [], average: null };
  const count = countOf(cells);
  const groups = partition(cells, most, count * MIN_GAIN_PER_PIXEL);
  const swatches = groups.map((group) => ({ ...meanOf(group), share: countOf(group) / count }));
  return {
    swatches: withoutEdges(swatches).sort((one, other) => other.share - one.share),
    average: meanOf(cells),
  };
}

function histogram({ data }: Pixels): Cell[] {
  const counts = new Uint32Array(32768);
  const sums = new Float64Array(32768 * 3);
  for (let index = 0; index < data.length; index += 4) {
    if ((data[index + 3] ?? 0) < MIN_OPAQUE_ALPHA) continue;
    const [red, green, blue] = [data[index] ?? 0, data[index + 1] ?? 0, data[index + 2] ?? 0];
    const cell = ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
    counts[cell] = (counts[cell] ?? 0) + 1;
    sums[cell * 3] = (sums[cell * 3] ?? 0) + red;
    sums[cell * 3 + 1] = (sums[cell * 3 + 1] ?? 0) + green;
    sums[cell * 3 + 2] = (sums[cell * 3 + 2] ?? 0) + blue;
  }
  const cells: Cell[] = [];
  for (const [cell, count] of counts.entries()) {
    if (count === 0) continue;
    cells.push({ count, sums: [sums[cell * 3] ?? 0, sums[cell * 3 + 1] ?? 0, sums[cell * 3 + 2] ?? 0] });
  }
  return cells;
}

function partition(cells: Cell[], most: number, leastGain: number): Cell[][] {
  const groups = [{ cells, cut: bestCut(cells) }];
  while (groups.length < most) {
    const next = groups.reduce((best, group) => (group.cut.gain > best.cut.gain ? group : best));
    if (next.cut.gain < leastGain) break;
    const { axis, at } = next.cut;
    const sides = [
      next.cells.filter((cell) => levelOf(cell, axis) < at),
      next.cells.filter((cell) => levelOf(cell, axis) >= at),
    ];
    groups.splice(groups.indexOf(next), 1, ...sides.map((side) => ({ cells: side, cut: bestCut(side) })));
  }
  return groups.map((group) => group.cells);
}

function bestCut(cells: readonly Cell[]): Cut {
  const cuts = AXES.map((axis) => bestCutAlong(axis, cells));
  return cuts.reduce((best, cut) => (cut.gain > best.gain ? cut : best));
}

/** n·|mean|² of both sides less that of the whole is what the sum of squared distances falls by. */
function bestCutAlong(axis: Axis, cells: readonly Cell[]): Cut {
  const below = { count: 0, sums: [0, 0, 0] as [number, number, number] };
  const whole = total(cells);
  const bins = Array.from({ length: 32 }, (): Cell[] => []);
  for (const cell of cells) bins[levelOf(cell, axis)]?.push(cell);
  let best: Cut = { axis, at: 0, gain: 0 };
  bins.forEach((bin, level) => {
    for (const { count, sums } of bin) {
      below.count += count;
      for (const channel of AXES) below.sums[channel] += sums[channel];
    }
    if (below.count === 0 || below.count === whole.count) return;
    const above = { count: whole.count - below.count, sums: subtract(whole.sums, below.sums) };
    const gain = weight(below) + weight(above) - weight(whole);
    if (gain > best.gain) best = { axis, at: level + 1, gain };
  });
  return best;
}

/** The upper five bits, 0–31. */
const levelOf = ({ count, sums }: Cell, axis: Axis) => Math.floor(sums[axis] / count) >> 3;

const weight = ({ count, sums }: Cell) => (sums[0] ** 2 + sums[1] ** 2 + sums[2] ** 2) / count;

const subtract = (one: Cell['sums'], other: Cell['sums']): Cell['sums'] => [
  one[0] - other[0],
  one[1] - other[1],
  one[2] - other[2],
];

function total(cells: readonly Cell[]): Cell {
  const sums: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (const cell of cells) {
    count += cell.count;
    for (const channel of AXES) sums[channel] += cell.sums[channel];
  }
  return { count, sums };
}

const countOf = (cells: readonly Cell[]) => total(cells).count;

function meanOf(cells: readonly Cell[]): Colour {
  const { count, sums } = total(cells);
  return { red: sums[0] / count, green: sums[1] / count, blue: sums[2] / count };
}

/** An edge's pixels go to the nearest group, whose own colour they do not tint. */
function withoutEdges(swatches: readonly Swatch[]): Swatch[] {
  const kept = swatches.filter(({ share }) => share >= MIN_SHARE).map((swatch) => ({ ...swatch }));
  for (const edge of swatches.filter(({ share }) => share < MIN_SHARE)) {
    const nearest = kept.reduce((best, swatch) => (distance(swatch, edge) < distance(best, edge) ? swatch : best));
    nearest.share += edge.share;
  }
  return kept;
}

const distance = (one: Colour, other: Colour) =>
  (one.red - other.red) ** 2 + (one.green - other.green) ** 2 + (one.blue - other.blue) ** 2;
