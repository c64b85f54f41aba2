import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Fails on words that the project has a standard term for; one line a finding, as `path:line: word → term`. */

const ROOTS = ['src', 'docs', 'README.md', '.env.example'];

const READ = /\.(?:ts|mjs|cjs|js|md|sql|html|css)$|^\.env\.example$/;

/** Folders and files that still hold such words. The list only shrinks: what is clean comes off it and is held. */
const NOT_YET = [
  'src/platform',
  'src/files/files.cleaner.ts',
  'src/auth',
  'src/batches',
  'src/analysis/upload',
  'src/analysis/analysis.controller.ts',
  'src/analysis/analysis.dto.ts',
  'src/analysis/analysis.module.ts',
  'src/analysis/analysis.rows.service.ts',
  // They use Rounds and inTime of src/platform.
  'src/analysis/idempotency-keys.cleaner.ts',
  'src/jobs/board/queue-state.ts',
  'src/jobs/job-queue.service.ts',
  'src/jobs/job.cleaner.ts',
  'src/jobs/job.rescuer.ts',
  'src/jobs/outbox/outbox.service.ts',
  'src/jobs/workers/worker-heartbeat.service.ts',
  'src/mail',
  'src/admin',
  'src/results',
  'src/cli',
  'src/exports',
  'src/health',
  'src/serve.ts',
  // They use the worker threads of src/platform/threads.
  'src/vision/inference.ts',
  'src/vision/inference-thread.ts',
  // Made from, or in step with, descriptions in src/platform and src/auth.
  'docs/configuration.md',
  'docs/errors.md',
  '.env.example',
];

/** What is not written, and what is written instead. */
const BANNED = [
  [/doorbells?/i, 'job queue, enqueue'],
  [/\bnot rung\b|\bUNRUNG\b/i, 'enqueue failed'],
  [/\w*sweepers?\b/i, 'rescuer, cleaner'],
  [/\bRounds\b/, 'PeriodicTask'],
  [/\bcome(?:s)? to rest\b|\bcoming to rest\b/i, 'shuts down'],
  [/\binTime\b|\bin-time\b/, 'withTimeout'],
  [/\b(?:Places|OwnersUploads|UploadSlots)\b/, 'Semaphore'],
  [/\bBELIEVED\b|\bREMEMBERED\b/, 'TTL_SECONDS, MAX_ENTRIES'],
  [/\bPurse\b/i, 'token lease'],
  [/\bAskedThread\b|\basked-thread\b/, 'WorkerThread'],
  [/\banswerQuestions\b|\banswer-questions\b/, 'respondToRequests'],
  [/\bHostLines\b/, 'per-host wait queue'],
  [/\berrands?\b/i, 'request'],
  [/\bspurned\b/i, 'error response'],
  [/\bhearOut\b|\bhear-out\b/, 'drain the request body'],
  [/\bleast-pace\b|\bwatchPace\b/, 'minimum upload rate'],
  [/\b(?:leaveL|l)astWill\b|\blast-will\b|\blast will\b/, 'parent-death watchdog'],
  [/\bApiRefusals\b/, 'ApiErrors'],
  [/\blook(?:Again|Closer|Over|All)\b|\blook-(?:again|closer)\b/, 'verify, refine, detect'],
  [/\bglanced?s?\b/i, 'prescan'],
  [/\bsightings?\b/i, 'detection'],
  [/\bhears? of\b/i, 'is called with'],
  [/\bwhoever\b/i, 'the caller, or who it is by name'],
  [/\b(?:no|some)body(?:'s)?\b/i, 'no process, another process, or who it is by name'],
  [
    /\bconst (?:GRACE|PATIENCE|LOOKS?|KEEP|MOST|AHEAD|WAITING|LAST_WORDS|LAST_BREATH|TIMEOUT|IDLE|REST|SIDE|ROOM)\b/,
    'a constant with its unit, such as LEASE_SECONDS',
  ],
];

const walk = (path) => {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return [path];
  }
  return entries.flatMap((entry) => {
    const inside = join(path, entry.name);
    return entry.isDirectory() ? walk(inside) : [inside];
  });
};

const findingsIn = (path) =>
  `${path}\n${readFileSync(path, 'utf8')}`.split('\n').flatMap((line, number) =>
    BANNED.flatMap(([pattern, term]) => {
      const word = pattern.exec(line)?.[0];
      return word === undefined ? [] : [`${path}:${number}: "${word}" → ${term}`];
    }),
  );

const files = ROOTS.flatMap(walk)
  .map((path) => path.split(sep).join('/'))
  .filter((path) => READ.test(path));
const excused = new Set();
const findings = [];
for (const path of files) {
  const found = findingsIn(path);
  const entry = NOT_YET.find((name) => path === name || path.startsWith(`${name}/`));
  if (entry === undefined) findings.push(...found);
  else if (found.length > 0) excused.add(entry);
}
for (const entry of NOT_YET.filter((name) => !excused.has(name)))
  console.warn(`scripts/check-words.mjs: ${entry} is clean; take it off NOT_YET`);

for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exitCode = 1;
