import { type Figures, holds, type Limit, type Skipped } from './figures.js';
import { Workbench } from './workbench.js';

interface Failed {
  readonly name: string;
  readonly failed: string;
}

type Outcome = (Figures & { readonly target: number }) | Skipped | Failed;

interface Benchmark {
  readonly name: string;
  /** The ratio that is to be reached. */
  readonly target: number;
  run(bench: Workbench): Promise<Figures | Skipped>;
}

const BENCHMARKS: readonly Benchmark[] = [
  {
    name: 'image-features',
    target: 0.9,
    run: async () => (await import('./image-features.js')).imageFeaturesBenchmark(),
  },
  { name: 'analyses', target: 0.7, run: async (bench) => (await import('./analyses.js')).analysesBenchmark(bench) },
  {
    name: 'faces-image',
    target: 0.85,
    run: async (bench) => (await import('./faces-image.js')).facesImageBenchmark(bench),
  },
  {
    name: 'faces-video',
    target: 0.8,
    run: async (bench) => (await import('./faces-video.js')).facesVideoBenchmark(bench),
  },
  {
    name: 'video-scenes',
    // 1.15 times the time.
    target: 1 / 1.15,
    run: async (bench) => (await import('./video-scenes.js')).videoScenesBenchmark(bench),
  },
  { name: 'face-match', target: 1, run: async () => (await import('./face-match.js')).faceMatchBenchmark() },
  { name: 'pdf-text', target: 0.8, run: async () => (await import('./pdf-text.js')).pdfTextBenchmark() },
  { name: 'upload', target: 0.7, run: async (bench) => (await import('./upload.js')).uploadBenchmark(bench) },
  { name: 'read-one', target: 0.55, run: async (bench) => (await import('./read-one.js')).readOneBenchmark(bench) },
  { name: 'sign-in', target: 0.9, run: async (bench) => (await import('./sign-in.js')).signInBenchmark(bench) },
  {
    name: 'hostile-bodies',
    target: 1,
    run: async (bench) => (await import('./hostile-bodies.js')).hostileBodiesBenchmark(bench),
  },
  {
    name: 'list-million',
    target: 1,
    run: async (bench) => (await import('./list-million.js')).listMillionBenchmark(bench),
  },
  {
    name: 'export-csv',
    target: 0.6,
    run: async (bench) => (await import('./export-csv.js')).exportCsvBenchmark(bench),
  },
  {
    name: 'export-xlsx',
    target: 5,
    run: async (bench) => (await import('./export-xlsx.js')).exportXlsxBenchmark(bench),
  },
  { name: 'users', target: 1, run: async (bench) => (await import('./users.js')).usersBenchmark(bench) },
  {
    name: 'api-beside-analyses',
    // 1.3 times the time.
    target: 1 / 1.3,
    run: async (bench) => (await import('./api-beside-analyses.js')).apiBesideAnalysesBenchmark(bench),
  },
  {
    name: 'two-workers',
    target: 1.9,
    run: async (bench) => (await import('./batches/two-workers.js')).twoWorkersBenchmark(bench),
  },
  {
    name: 'batch-scale',
    target: 1 / 1.15,
    run: async (bench) => (await import('./batches/scale.js')).batchScaleBenchmark(bench),
  },
  {
    name: 'item-completion',
    target: 4,
    run: async (bench) => (await import('./batches/item-completion.js')).itemCompletionBenchmark(bench),
  },
  {
    name: 'batch-latency',
    target: 0.95,
    run: async (bench) => (await import('./batches/latency.js')).batchLatencyBenchmark(bench),
  },
  {
    name: 'batch-throughput',
    target: 0.5,
    run: async (bench) => (await import('./batches/throughput.js')).batchThroughputBenchmark(bench),
  },
  {
    name: 'csv-ingest',
    target: 0.6,
    run: async (bench) => (await import('./csv-ingest.js')).csvIngestBenchmark(bench),
  },
  {
    name: 'job-kinds',
    target: 1,
    run: async (bench) => (await import('./jobs/job-kinds.js')).jobKindsBenchmark(bench),
  },
  {
    name: 'streams-at-rest',
    target: 1,
    run: async (bench) => (await import('./streams-at-rest.js')).streamsAtRestBenchmark(bench),
  },
  { name: 'boot', target: 1, run: async (bench) => (await import('./boot.js')).bootBenchmark(bench) },
];

/** Milliseconds after which a benchmark is given up; they are made for a minute. */
const LIMIT = 180_000;

/** Runs the benchmarks that are named, else all, one after the other; a table, or with `--json` a line each. */
export async function bench(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  const names = args.filter((arg) => arg !== '--json');
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    console.error(`There is no ${unknown.join(', ')}; there is ${BENCHMARKS.map(({ name }) => name).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  if (!json) console.log(HEADING);
  for (const benchmark of BENCHMARKS) {
    if (names.length > 0 && !names.includes(benchmark.name)) continue;
    const outcome = await run(benchmark);
    if ('failed' in outcome) process.exitCode = 1;
    console.log(json ? JSON.stringify(outcome) : tableRow(outcome));
  }
}

async function run(benchmark: Benchmark): Promise<Outcome> {
  const { name, target } = benchmark;
  const workbench = new Workbench();
  const temporary = process.env.TMPDIR;
  // Folders that a benchmark makes by itself go with the workbench too.
  process.env.TMPDIR = workbench.folder;
  const leave = (signal: NodeJS.Signals) => {
    void workbench.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', leave).on('SIGTERM', leave);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`It took longer than ${LIMIT / 1000} s`));
    }, LIMIT);
  });
  try {
    const figures = await Promise.race([benchmark.run(workbench), late]);
    return 'skipped' in figures ? figures : { ...figures, target };
  } catch (error) {
    // After a Ctrl-C whatever was running fails; there is nothing to say about it.
    if (workbench.closed) return await new Promise<never>(() => undefined);
    return { name, failed: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
    await workbench.close();
    process.off('SIGINT', leave).off('SIGTERM', leave);
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
  }
}

const WIDTHS = [16, 22, 12, 12, 28, 8, 8];

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index < 2 || index === 4 ? cell.padEnd(WIDTHS[index]!) : cell.padStart(WIDTHS[index]!)))
    .join(' ');

const HEADING = line(['benchmark', 'unit', 'ours', 'reference', '  reference is', 'ratio', 'target']);

function tableRow(outcome: Outcome): string {
  if ('skipped' in outcome) return `${outcome.name.padEnd(WIDTHS[0]!)} skipped: ${outcome.skipped}`;
  if ('failed' in outcome) return `${outcome.name.padEnd(WIDTHS[0]!)} FAILED: ${outcome.failed}`;
  const { name, unit, ours, reference, reference_name, ratio, target } = outcome;
  const mark = ratio >= target ? '' : '  missed';
  const limits = outcome.limits?.map(limitRow) ?? [];
  const cells = [
    name,
    unit,
    number(ours),
    number(reference),
    `  ${reference_name}`,
    ratio.toFixed(2),
    target.toFixed(2),
  ];
  return [line(cells) + mark, ...limits].join('\n');
}

function limitRow(limit: Limit): string {
  const { name, value, least, most } = limit;
  const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
  return `  ${name}: ${number(value)}, ${bound}${holds(limit) ? '' : '  missed'}`;
}

const number = (value: number): string => (value >= 1000 ? value.toFixed(0) : value.toPrecision(3));
