import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { analyzers } from '../../src/analysis/analyzers.js';
import { answerQuestions } from './workbench.js';
import { modelsDirectory } from '../support/models.js';

export interface LoopQuestion {
  readonly path: string;
  readonly features: readonly string[];
  readonly workDirectory: string;
}

/** The least that could analyze pictures: one after the other, as they are handed in. */
answerQuestions(async ({ path, features, workDirectory }: LoopQuestion) => {
  await mkdir(workDirectory, { recursive: true });
  return analyzers.image.analyze(
    { path, mediaType: 'image/jpeg', features, options: {} },
    {
      workDirectory,
      ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
      models: modelsDirectory,
      deadline: Date.now() + 300_000,
      progress: () => undefined,
      artifact: (name) => join(workDirectory, name),
      report: (error) => {
        throw error;
      },
    },
  );
});
