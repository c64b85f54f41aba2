import { mkdir } from 'node:fs/promises';
import { analyzers } from '../../src/analysis/analyzers.js';
import { buildContext } from './analysis-context.js';
import { serveRequests } from './workbench.js';

export interface LoopQuestion {
  readonly path: string;
  readonly features: readonly string[];
  readonly workDirectory: string;
}

/** The least that could analyze pictures: one after the other, as they are handed in. */
serveRequests(async ({ path, features, workDirectory }: LoopQuestion) => {
  await mkdir(workDirectory, { recursive: true });
  return analyzers.image.analyze({ path, mediaType: 'image/jpeg', features, options: {} }, buildContext(workDirectory));
});
