import { reasonOf } from '../database.js';
import { settings } from '../settings.js';
import type { Check } from './check.js';
import { disk } from './disk.js';
import { ffmpeg } from './ffmpeg.js';
import { migrations } from './migrations.js';
import { models } from './models.js';
import { postgres } from './postgres.js';
import { redis } from './redis.js';
import { storage } from './storage.js';

/** In the order in which they are told. */
const CHECKS: readonly Check[] = [postgres, migrations, redis, disk, storage, ffmpeg, models];

const WIDTH = Math.max('configuration'.length, ...CHECKS.map(({ name }) => name.length));

/** Prints a line about each thing; returns the exit code. */
export async function examine(): Promise<number> {
  const environment = await told(
    'configuration',
    () => Promise.resolve().then(settings),
    () => 'is valid',
  );
  if (!environment) return 1;
  let code = 0;
  for (const { name, look } of CHECKS)
    if (
      !(await told(
        name,
        () => look(environment),
        (found) => found,
      ))
    )
      code = 1;
  return code;
}

/** Prints one line; returns what was found, or null when it is not as it should be. */
async function told<T>(name: string, look: () => Promise<T>, describe: (found: T) => string): Promise<T | null> {
  try {
    const found = await look();
    say('✓', name, describe(found));
    return found;
  } catch (error) {
    say('✗', name, reasonOf(error));
    return null;
  }
}

const say = (sign: string, name: string, text: string) =>
  process.stdout.write(`${sign} ${name.padEnd(WIDTH)}  ${text.replace(/\s*\n\s*/g, ' · ')}\n`);
