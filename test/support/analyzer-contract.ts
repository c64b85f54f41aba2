import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysisContext, AnalysisResults, Analyzer } from '../../src/analysis/analyzer.js';
import { WorkFailure } from '../../src/platform/work-failure.js';
import { modelsDirectory } from './models.js';

/** A small sound file for an analyzer, and its type. */
export interface Sample {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

interface Attempt {
  readonly results: AnalysisResults;
  /** SHA-256 by name of what stands in the work directory afterwards. */
  readonly files: Record<string, string>;
  readonly announced: string[];
  readonly percents: number[];
  readonly reports: unknown[];
  readonly sourceAfter: Buffer;
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function attempt(
  analyzer: Analyzer,
  { mediaType, bytes }: Sample,
  features: readonly string[],
): Promise<Attempt> {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  const work = await mkdtemp(join(tmpdir(), 'contract-work-'));
  const path = join(folder, 'source');
  const [announced, percents, reports]: [string[], number[], unknown[]] = [[], [], []];
  const context: AnalysisContext = {
    workDirectory: work,
    ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
    models: modelsDirectory,
    deadline: Date.now() + 300_000,
    progress: (percent) => percents.push(percent),
    artifact: (name) => {
      announced.push(name);
      return join(work, name);
    },
    report: (error) => reports.push(error),
  };
  try {
    await writeFile(path, bytes);
    const options = Object.fromEntries(analyzer.options.map(({ name, default: standard }) => [name, standard]));
    const results = await analyzer.analyze({ path, mediaType, features, options }, context);
    const names = await readdir(work);
    const files = await Promise.all(
      names.map(async (name) => [name, digest(await readFile(join(work, name)))] as const),
    );
    return {
      results,
      files: Object.fromEntries(files),
      announced,
      percents,
      reports,
      sourceAfter: await readFile(path),
    };
  } finally {
    await Promise.all([rm(folder, { recursive: true }), rm(work, { recursive: true })]);
  }
}

/** What every analyzer keeps to, whatever it analyzes. */
export function describeAnalyzer(analyzer: Analyzer, buildSample: () => Promise<Sample>): void {
  const names = analyzer.features.map(({ name }) => name);

  describe(`the ${analyzer.fileType} analyzer`, () => {
    let sample: Sample;
    let whole: Attempt;

    beforeAll(async () => {
      sample = await buildSample();
      whole = await attempt(analyzer, sample, names);
    });

    it('names and describes its features and options once each', () => {
      const all = [...analyzer.features, ...analyzer.options];
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
      for (const { name, description } of all) {
        expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
        expect(description).toMatch(/^\S.{10,}/);
      }
      for (const { default: standard, minimum = -Infinity, maximum = Infinity, type } of analyzer.options) {
        expect(typeof standard).toBe(type === 'boolean' ? 'boolean' : 'number');
        if (typeof standard === 'number') expect(standard >= minimum && standard <= maximum).toBe(true);
      }
    });

    it('finds everything in a sound file without an error', () => {
      expect(whole.reports.map((error) => (error as Error).stack)).toEqual([]);
      for (const [name, found] of Object.entries(whole.results)) {
        expect(names).toContain(name);
        expect(found === null || !Object.hasOwn(Object(found) as object, 'error')).toBe(true);
      }
    });

    it('gives results that JSON keeps as they are', () => {
      expect(JSON.parse(JSON.stringify(whole.results))).toEqual(whole.results);
      expect(JSON.stringify(whole.results)).not.toContain('contract-');
    });

    it('writes the files that it announces, and leaves the source alone', () => {
      expect(Object.keys(whole.files)).toEqual(expect.arrayContaining(whole.announced));
      expect(whole.sourceAfter.equals(sample.bytes)).toBe(true);
    });

    it('reports progress between 0 and 100', () => {
      expect(whole.percents.length).toBeGreaterThan(0);
      for (const percent of whole.percents) expect(percent >= 0 && percent <= 100).toBe(true);
    });

    it('finds the same in the same bytes', async () => {
      const again = await attempt(analyzer, sample, names);
      expect(again.results).toEqual(whole.results);
      expect(again.files).toEqual(whole.files);
    });

    it.each(names)('finds %s alone as it finds it among all', async (name) => {
      const alone = await attempt(analyzer, sample, [name]);
      expect(Object.keys(alone.results)).toEqual(name in whole.results ? [name] : []);
      expect(alone.results[name]).toEqual(whole.results[name]);
      for (const [file, hash] of Object.entries(alone.files)) expect(whole.files[file]).toBe(hash);
    });

    it.each(analyzer.mediaTypes)('fails with a reason at noise that is called %s', async (mediaType) => {
      const noise = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919 + (index >> 3)) % 256));
      const outcome: unknown = await attempt(analyzer, { mediaType, bytes: noise }, names).catch(
        (error: unknown) => error,
      );
      // Noise is no picture and no film; as a plain text it is a strange one, but a text.
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WorkFailure);
      else expect(mediaType).toMatch(/^text\//);
    });
  });
}
