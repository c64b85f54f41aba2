// Brings a bare machine to readiness: Node, the packages of the lock file, Redis, ffmpeg, models. Node built-ins only.
// With --test-data also what only the tests need; with --only-models the models and nothing else.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { installModels } from './setup/models.mjs';

const MINUTE = 60_000;
const OLDEST_NODE = [20, 19];
const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.facet-setup');
const wanted = { redis: 'redis-server (or valkey-server)', ffmpeg: 'ffmpeg with ffprobe' };
let listsAreFresh = false;

/** How each package manager is called, and under which names it may know what we need. */
const packageManagers = {
  'apt-get': {
    install: ['install', '-y', '--no-install-recommends'],
    names: { redis: ['redis-server'], ffmpeg: ['ffmpeg'] },
  },
  dnf: { install: ['install', '-y'], names: { redis: ['redis', 'valkey'], ffmpeg: ['ffmpeg', 'ffmpeg-free'] } },
  apk: { install: ['add', '--no-cache'], names: { redis: ['redis', 'valkey'], ffmpeg: ['ffmpeg'] } },
  brew: { install: ['install', '--quiet'], names: { redis: ['redis'], ffmpeg: ['ffmpeg'] } },
};

/** Nobody is there to answer a question, and nothing that runs on the machine is to be restarted for our sake. */
const aptEnvironment = ['DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_SUSPEND=1', 'RUNLEVEL=1', 'LC_ALL=C'];
const aptOptions = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=20'];

class SetupError extends Error {}

async function setUp() {
  checkNode();
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const asked = (flag) => process.argv.includes(flag);
  const machine = asked('--only-models') ? [] : [installPackages(), await installPrograms()];
  const models = installModels({ root, say, npm: mustSucceed, testData: asked('--test-data') });
  const acts = [...machine, models];
  if (!acts.includes(true)) say('Everything is there.');
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(`Facet needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.versions.node}.`);
}

/* Packages */

function installPackages() {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = [
    createHash('sha256').update(lockText).digest('hex'),
    process.versions.modules,
    process.platform,
    process.arch,
  ].join(' ');
  if (packagesMatch(JSON.parse(lockText).packages, stamp)) return false;
  say('Installing the packages of package-lock.json (npm ci) …');
  // What is set for production or without optional packages does not count here.
  const result = npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']);
  if (!result.ok) throw new SetupError(`npm ci failed: ${npmReason(result)}`);
  writeStamp(stamp);
  return true;
}

/** Under "npm run" its own npm is used. */
function npm(args) {
  const { npm_execpath: path = '' } = process.env;
  return run([...(basename(path) === 'npm-cli.js' ? [process.execPath, path] : ['npm']), ...args], 20 * MINUTE);
}

function mustSucceed(args) {
  const result = npm(args);
  if (!result.ok) throw new Error(npmReason(result));
}

function npmReason({ output }) {
  const reason = lastWords(output, /^npm error (?!code|syscall|errno|type|at |\s|A complete|}|$)/);
  return reason.replaceAll('npm error ', '');
}

/** Whether node_modules holds what the lock file says, by npm's own account of what it put there. */
function packagesMatch(wanted, stamp) {
  const installed = parse(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!installed || !Object.keys(installed).every((path) => existsSync(join(root, path)))) return false;
  if (readStamp() === stamp) return true;
  // npm ci may have been run without this script.
  const same = Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !isRequired(entry)) return true;
    return installed[path]?.version === entry.version && installed[path]?.integrity === entry.integrity;
  });
  if (same) writeStamp(stamp);
  return same;
}

/** An optional package is required where it is made for this machine; where npm may rightly leave it out it is not. */
function isRequired({ optional, os, cpu, libc }) {
  if (!optional) return true;
  return Boolean(os && cpu && !libc && os.includes(process.platform) && cpu.includes(process.arch));
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined;
}

function writeStamp(stamp) {
  try {
    writeFileSync(stampFile, stamp);
  } catch (error) {
    // Without it the packages are compared in full the next time, which is all that it saves.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  }
}

function parse(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/* Programs */

async function installPrograms() {
  const missing = [...(redisIsThere() ? [] : ['redis']), ...(ffmpegIsThere() ? [] : ['ffmpeg'])];
  if (missing.length === 0) return false;
  const manager = Object.keys(packageManagers).find((name) => find(name));
  if (!manager)
    throw new SetupError(`Please install ${missing.map((what) => wanted[what]).join(' and ')}, then go on.`);
  const prefix = privileges(manager, missing);
  for (const what of missing) await install(what, manager, prefix);
  return true;
}

const redisIsThere = () => Boolean(process.env.REDIS_URL || find('redis-server') || find('valkey-server'));

/** FFMPEG_PATH, where it is set, names the ffmpeg whose ffprobe lies beside it; no installation would change that. */
function ffmpegIsThere() {
  const { FFMPEG_PATH } = process.env;
  if (!FFMPEG_PATH) return Boolean(find('ffmpeg') && find('ffprobe'));
  for (const program of [FFMPEG_PATH, FFMPEG_PATH.replace(/ffmpeg([^/]*)$/, 'ffprobe$1')]) {
    if (!isProgram(program)) throw new SetupError(`FFMPEG_PATH is ${FFMPEG_PATH}, but ${program} is no program.`);
  }
  return true;
}

/** What stands before the package manager's name; exits with the line to type where we may not run it. */
function privileges(manager, missing) {
  if (manager === 'brew' || process.getuid() === 0) return [];
  if (find('sudo') && run(['sudo', '-n', 'true'], MINUTE / 6).ok) return ['sudo', '-n'];
  const names = missing.map((what) => packageManagers[manager].names[what][0]);
  const line = `sudo ${manager} ${packageManagers[manager].install.join(' ')} ${names.join(' ')}`;
  const update = manager === 'apt-get' ? 'sudo apt-get update && ' : '';
  throw new SetupError(
    `${missing.map((what) => wanted[what]).join(' and ')} must be installed by root. Please type: ${update}${line}`,
  );
}

async function install(what, manager, prefix) {
  const { install: verb, names } = packageManagers[manager];
  const apt = manager === 'apt-get';
  const call = [...prefix, ...(apt ? ['env', ...aptEnvironment, manager, ...aptOptions] : [manager])];
  if (apt && !listsAreFresh) {
    say('Reading the lists of packages (apt-get update) …');
    // An old list may still do, and one unreachable repository of many is no reason to give up.
    await patiently([...call, 'update'], 5 * MINUTE);
    listsAreFresh = true;
  }
  const silence = apt && what === 'redis' ? keepServiceQuiet(prefix) : undefined;
  const answers = [];
  for (const name of names[what]) {
    say(`Installing ${name} (${manager} ${verb[0]}) …`);
    const result = await patiently([...call, ...verb, name], 20 * MINUTE);
    answers.push(lastWords(result.output, /^(E|ERROR|Error):?\s/));
    if (result.ok) break;
  }
  silence?.();
  if (what === 'redis' ? !redisIsThere() : !ffmpegIsThere()) {
    throw new SetupError(`${manager} could not install ${wanted[what]}: ${answers.join(' | ')}`);
  }
}

/**
 * Debian starts the service of what it installs, now and at every boot. Ours is a child of Facet: the service is held
 * back during the installation (RUNLEVEL=1 does so without systemd) and is not started at boot.
 */
function keepServiceQuiet(prefix) {
  const systemd = existsSync('/run/systemd/system');
  if (systemd) run([...prefix, 'systemctl', 'mask', '--runtime', 'redis-server.service'], MINUTE);
  return () => {
    if (systemd) run([...prefix, 'systemctl', 'unmask', '--runtime', 'redis-server.service'], MINUTE);
    if (find('systemctl')) run([...prefix, 'systemctl', 'disable', 'redis-server.service'], MINUTE);
    else if (find('update-rc.d')) run([...prefix, 'update-rc.d', 'redis-server', 'disable'], MINUTE);
  };
}

/** Another apt may be at work, on a new machine its own nightly one; it is waited for, five minutes at most. */
async function patiently(command, limit) {
  const deadline = Date.now() + 5 * MINUTE;
  for (;;) {
    const result = run(command, limit);
    if (
      result.ok ||
      Date.now() > deadline ||
      !/could not get lock|unable to lock|is held by process/i.test(result.output)
    )
      return result;
    say('Another package manager is at work; waiting …');
    await sleep(5000);
  }
}

/* The machine */

function run([program, ...args], timeout) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    timeout,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const note = error?.code === 'ETIMEDOUT' ? `it took longer than ${timeout / MINUTE} minutes` : (error?.message ?? '');
  return { ok: status === 0, output: [stdout, stderr, note].filter(Boolean).join('\n') };
}

function find(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The line that says what went wrong, as far as a program's output has one. */
function lastWords(output, pattern) {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return (
    lines
      .filter((line) => pattern.test(line))
      .slice(0, 2)
      .join(' ') ||
    lines.at(-1) ||
    'it said nothing'
  ).slice(0, 500);
}

function say(line) {
  console.log(`setup: ${line}`);
}

try {
  await setUp();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
