// Runs the specs. Those of accuracy and of the largest corpora run only where a file that they measure has changed since
// the last release, or where the branch began; `npm run test:all` always runs all. Words are handed on to Jest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the specs of the project `accuracy` measure, as the beginnings of paths. */
const MEASURED = [
  'package-lock.json',
  'scripts/setup/',
  'src/analysis/document/',
  'src/analysis/image/',
  'src/analysis/upload/',
  'src/analysis/video/',
  'src/media/',
  'src/sandbox/',
  'src/vision/',
  'test/support/corpus',
  'test/support/media/',
];

const words = process.argv.slice(2);
const projects = words.length > 0 || isMeasuredCodeChanged() ? [] : ['unit', 'media', 'e2e', 'faults'];
if (projects.length > 0)
  console.log('test: nothing that accuracy depends on has changed; npm run test:all measures it.');
const selection = projects.length > 0 ? ['--selectProjects', ...projects] : [];
const jest = join(root, 'node_modules/jest/bin/jest.js');
const { status } = spawnSync(process.execPath, [jest, ...selection, ...words], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;

/** Also where it cannot be told, as in sources without a history. */
function isMeasuredCodeChanged() {
  const base = git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*') ?? branchPoint();
  const changed = base && git('diff', '--name-only', base);
  const added = git('ls-files', '--others', '--exclude-standard');
  if (changed === undefined || added === undefined) return true;
  return [...changed.split('\n'), ...added.split('\n')].some(isMeasured);
}

function isMeasured(path) {
  return MEASURED.some((start) => path.startsWith(start)) || path.endsWith('.accuracy.spec.ts');
}

/** Where this branch left the main one; on the main branch itself what the last change, or merge, started from. */
function branchPoint() {
  const point = git('merge-base', 'HEAD', 'origin/main') ?? git('merge-base', 'HEAD', 'main');
  return point === git('rev-parse', 'HEAD') ? git('rev-parse', 'HEAD^') : point;
}

/** What git says, or undefined where it fails. */
function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8', timeout: 60_000 });
  return status === 0 ? stdout.trim() : undefined;
}
