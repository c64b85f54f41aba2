import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysisOptions } from '../../../src/analysis/analyzer.js';
import type { Artifact } from '../../../src/sandbox/messages.js';
import { videoAnalyzer } from '../../../src/analysis/video/video.analyzer.js';
import { modelsDirectory } from '../models.js';

/** The parts of an analyzed video's results that specs look at. */
export interface VideoResults {
  readonly video?: Record<string, unknown>;
  readonly audio?: Record<string, unknown> | null;
  readonly scenes?: { start: number; end: number }[];
  readonly keyframes?: { time: number; artifact: string }[];
}

export interface Analyzed {
  readonly results: VideoResults;
  readonly progress: readonly number[];
  readonly artifacts: readonly Artifact[];
  /** What went to the operators' log. */
  readonly reports: readonly unknown[];
  readonly folder: string;
}

export interface VideoWork {
  /** Those that need no model unless others are named: models see the same images whatever the container. */
  readonly features?: readonly string[];
  readonly options?: AnalysisOptions;
  /** After which the attempt would be stopped. */
  readonly seconds?: number;
}

/** The names of all features. */
export const everyFeature = videoAnalyzer.features.map(({ name }) => name);

const withoutModels = videoAnalyzer.features.filter(({ models }) => !models).map(({ name }) => name);

const folders: string[] = [];

/** A new folder that `removeFolders` takes away. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'facet-video-'));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** Runs the analyzer with the real ffmpeg, as the analyzer process does. */
export async function analyzeVideo(
  file: { path: string; mediaType: string },
  { features = withoutModels, options = { scene_threshold: 0.3 }, seconds = 300 }: VideoWork = {},
): Promise<Analyzed> {
  const folder = await temporaryFolder();
  const progress: number[] = [];
  const artifacts: Artifact[] = [];
  const reports: unknown[] = [];
  const task = { ...file, features, options };
  const results = await videoAnalyzer.analyze(task, {
    workDirectory: folder,
    ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
    models: modelsDirectory,
    deadline: Date.now() + 1000 * seconds,
    progress: (percent) => progress.push(percent),
    artifact: (name, mediaType) => {
      artifacts.push({ name, mediaType });
      return join(folder, name);
    },
    report: (error) => reports.push(error),
  });
  return { results, progress, artifacts, reports, folder };
}
