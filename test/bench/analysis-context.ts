import { join } from 'node:path';
import type { AnalysisContext } from '../../src/analysis/analyzer.js';
import { modelsDirectory } from '../support/models.js';

/** Milliseconds. */
const TIME = 300_000;

/** What an analyzer is given that works in this folder; a feature that fails fails the benchmark. */
export const buildContext = (folder: string): AnalysisContext => ({
  workDirectory: folder,
  ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
  models: modelsDirectory,
  deadline: Date.now() + TIME,
  progress: () => undefined,
  artifact: (name) => join(folder, name),
  report: (error) => {
    throw error;
  },
});
