import { diskFailureBehind } from '../platform/disk/disk-failure.js';
import type { FileType } from '../media/media-type/file-types.js';
import type { SandboxContext } from '../sandbox/sandbox-task.js';
import { featureFailed } from './analysis.failures.js';
import { WorkFailure } from '../platform/work-failure.js';

/** A feature as `GET /analyzers` shows it. Its name is also its key in `results`. */
export interface FeatureDescription {
  readonly name: string;
  readonly description: string;
  /** Whether it runs when the caller names no features. */
  readonly default: boolean;
  /** Names of the models that it cannot do without, as the manifest has them. */
  readonly models?: readonly string[];
}

/** One setting in `options`, in the terms of JSON Schema. */
export interface OptionDescription {
  readonly name: string;
  readonly description: string;
  readonly type: 'integer' | 'number' | 'boolean';
  readonly default: number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

export type AnalysisOptions = Readonly<Record<string, number | boolean>>;

/** What there is to do: a validated file on local disk, the names of known features, options with defaults filled in. */
export interface AnalysisTask {
  readonly path: string;
  readonly mediaType: string;
  readonly features: readonly string[];
  readonly options: AnalysisOptions;
}

/** What the sandbox gives an analyzer, and where it finds its programs and models. */
export interface AnalysisContext extends SandboxContext {
  /** Paths or names of the two binaries. */
  readonly ffmpeg: { readonly ffmpeg: string; readonly ffprobe: string };
  /** The folder of the models. */
  readonly models: string;
}

export type AnalysisResults = Record<string, unknown>;

/** One kind of file: what it accepts, what it can find, and how. Heavy libraries are imported inside, on first use. */
export interface Analyzer {
  readonly fileType: FileType;
  readonly mediaTypes: readonly string[];
  readonly features: readonly FeatureDescription[];
  readonly options: readonly OptionDescription[];
  /** @throws WorkFailure when the file as a whole cannot be analyzed. */
  analyze(task: AnalysisTask, context: AnalysisContext): Promise<AnalysisResults>;
}

/** A feature of an analyzer whose features all work on the same prepared input. */
export interface Feature<Input> extends FeatureDescription {
  /** Resolves to what stands in `results` under its name; undefined leaves no key. */
  run(input: Input, context: AnalysisContext): Promise<unknown>;
}

/**
 * Runs the wanted features in the order of the list; one that fails leaves its error and the rest stands.
 * @throws DiskFailure when one fails because the disk takes no more
 */
export async function runFeatures<Input>(
  features: readonly Feature<Input>[],
  wanted: readonly string[],
  input: Input,
  context: AnalysisContext,
): Promise<AnalysisResults> {
  const chosen = features.filter(({ name }) => wanted.includes(name));
  const results: AnalysisResults = {};
  for (const [index, feature] of chosen.entries()) {
    context.progress((100 * index) / chosen.length, feature.description);
    const found = await attempt(feature, input, context);
    if (found !== undefined) results[feature.name] = found;
  }
  return results;
}

async function attempt<Input>(feature: Feature<Input>, input: Input, context: AnalysisContext): Promise<unknown> {
  try {
    return await feature.run(input, context);
  } catch (error) {
    const ofDisk = await diskFailureBehind(error, context.workDirectory);
    if (ofDisk) throw ofDisk;
    if (!(error instanceof WorkFailure)) context.report(error);
    const { code, message } = error instanceof WorkFailure ? error : featureFailed(feature.name);
    return { error: { code, message } };
  }
}
