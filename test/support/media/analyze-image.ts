import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import type { AnalysisOptions, AnalysisResults } from '../../../src/analysis/analyzer.js';
import { imageAnalyzer } from '../../../src/analysis/image/image.analyzer.js';
import { modelsDirectory } from '../models.js';

export interface AnalyzedImage {
  results: AnalysisResults;
  artifacts: Record<string, Buffer>;
}

/** Runs the image analyzer in this process on bytes in a file of their own; whatever it reports to operators is thrown. */
export const analyzeImage = (
  image: Buffer | Sharp,
  mediaType: string,
  ...features: readonly string[]
): Promise<AnalyzedImage> => analyzeImageWith({}, image, mediaType, ...features);

/** The same with options. */
export async function analyzeImageWith(
  options: AnalysisOptions,
  image: Buffer | Sharp,
  mediaType: string,
  ...features: readonly string[]
): Promise<AnalyzedImage> {
  const folder = await mkdtemp(join(tmpdir(), 'facet-image-'));
  const path = join(folder, 'upload');
  const names: string[] = [];
  const reported: unknown[] = [];
  try {
    await writeFile(path, Buffer.isBuffer(image) ? image : await image.toBuffer());
    const results = await imageAnalyzer.analyze(
      { path, mediaType, features, options },
      {
        workDirectory: folder,
        ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
        models: modelsDirectory,
        deadline: Date.now() + 300_000,
        progress: () => undefined,
        artifact: (name) => {
          names.push(name);
          return join(folder, name);
        },
        report: (error) => reported.push(error),
      },
    );
    if (reported.length > 0) throw new AggregateError(reported, 'The analyzer reported errors.');
    const files = names.map(async (name) => [name, await readFile(join(folder, name))] as const);
    return { results, artifacts: Object.fromEntries(await Promise.all(files)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
