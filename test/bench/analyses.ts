import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { analyzers } from '../../src/analysis/analyzers.js';
import { landscape } from '../support/media/images.js';
import type { LoopQuestion } from './bare-analyzer.js';
import { type Figures, secondsOf, takeTurns } from './figures.js';
import { AS_ADA, getJson, startGround, startProduct } from './product.js';
import type { Partner, Workbench } from './workbench.js';

const PICTURES = 12;
const PROCESSES = availableParallelism();

/** Milliseconds between two looks whether all is done. */
const LOOK = 20;

/**
 * Pictures a second, from the first upload to the last result, against the same features in a bare loop over the same
 * files in as many processes. Both keep their processes warm.
 */
export async function analysesBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL, REDIS_URL } = await startGround(bench);
  const paths = await makePictures(bench.folder);
  const { url } = await startProduct(bench, { DATABASE_URL, REDIS_URL, MAX_WORKERS: String(PROCESSES) });
  const loops = Array.from({ length: PROCESSES }, () => bench.partner('bare-analyzer.ts'));
  const { ours, reference } = await takeTurns(
    40,
    () => throughPlatform(`${url}/api/v1`, paths),
    () => throughLoops(loops, paths, bench.folder),
  );
  return {
    name: 'analyses',
    unit: 'pictures/s',
    ours,
    reference,
    reference_name: `${PROCESSES} bare loops`,
    ratio: ours / reference,
  };
}

async function makePictures(folder: string): Promise<string[]> {
  const paths = Array.from({ length: PICTURES }, (_, index) => join(folder, `picture-${index}.jpg`));
  for (const [index, path] of paths.entries()) {
    await landscape(1600, 1200, index + 1)
      .jpeg({ quality: 85 })
      .toFile(path);
  }
  return paths;
}

async function throughPlatform(api: string, paths: readonly string[]): Promise<number> {
  const before = await getJson<Statistics>(`${api}/statistics`);
  const seconds = await secondsOf(async () => {
    await Promise.all(paths.map((path) => send(api, path)));
    for (;;) {
      const { completed, failed } = await getJson<Statistics>(`${api}/statistics`);
      if (failed > 0) throw new Error('An analysis failed');
      if (completed === before.completed + paths.length) return;
      await delay(LOOK);
    }
  });
  return paths.length / seconds;
}

interface Statistics {
  readonly completed: number;
  readonly failed: number;
}

async function send(api: string, path: string): Promise<void> {
  const form = new FormData();
  form.set('file', new Blob([await readFile(path)]), basename(path));
  const answer = await fetch(`${api}/analyze`, { method: 'POST', headers: AS_ADA, body: form });
  if (answer.status !== 202) throw new Error(`An upload was answered ${answer.status}: ${await answer.text()}`);
  await answer.text();
}

/** Whichever process is free takes the next picture. */
async function throughLoops(loops: readonly Partner[], paths: readonly string[], folder: string): Promise<number> {
  const features = analyzers.image.features.filter((feature) => feature.default).map(({ name }) => name);
  const waiting = paths.values();
  const work = async (loop: Partner, index: number) => {
    const workDirectory = join(folder, `loop-${index}`);
    for (const path of waiting) await loop.ask({ path, features, workDirectory } satisfies LoopQuestion);
  };
  return paths.length / (await secondsOf(() => Promise.all(loops.map(work))));
}
