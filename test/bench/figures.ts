export interface Figures {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly reference: number;
  readonly reference_name: string;
  /** Above 1: ours is better. */
  readonly ratio: number;
  /** What has to hold besides the ratio. */
  readonly limits?: readonly Limit[];
  /** Further figures by which the ratio can be judged; in JSON alone. */
  readonly details?: Readonly<Record<string, number>>;
}

export interface Limit {
  readonly name: string;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
}

export const holds = ({ value, least = -Infinity, most = Infinity }: Limit): boolean => value >= least && value <= most;

/** A benchmark that cannot run on this machine, and why. */
export interface Skipped {
  readonly name: string;
  readonly skipped: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) throw new Error('There is no median of nothing');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export interface Turns {
  readonly ours: number;
  readonly reference: number;
}

/** PeriodicTasks at least; the time decides on more. */
const ROUNDS = 3;

/**
 * Medians of the figures of both, taken in turn until the time is up. Each begins in every other round, so that a
 * machine that gets slower or faster favours neither; the first round warms up and does not count.
 */
export async function takeTurns(
  seconds: number,
  ours: () => Promise<number>,
  reference: () => Promise<number>,
): Promise<Turns> {
  const figures = { ours: [] as number[], reference: [] as number[] };
  await ours();
  await reference();
  const end = performance.now() + seconds * 1000;
  for (let round = 0; round < ROUNDS || performance.now() < end; round++) {
    if (round % 2 === 0) figures.ours.push(await ours());
    figures.reference.push(await reference());
    if (round % 2 === 1) figures.ours.push(await ours());
  }
  return { ours: median(figures.ours), reference: median(figures.reference) };
}
