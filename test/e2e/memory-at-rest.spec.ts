import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessEntry, processes } from '../faults/processes.js';
import { type Facet, launchFacet } from '../support/facet.js';

/** Megabytes that the whole product may take while it has nothing to do. */
const MOST_MEMORY = 350;

/** Milliseconds in which what starting needed is given back. */
const REST = 5_000;

let dataDirectory: string;
let facet: Facet;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'facet-rest-'));
  facet = await launchFacet({ DATA_DIR: dataDirectory, ROLE: 'all' });
});

afterAll(async () => {
  await facet.stop();
  await rm(dataDirectory, { recursive: true });
});

/** A process and all that it has started, down to the last. */
function familyOf(ancestor: number): ProcessEntry[] {
  const all = processes();
  const family = all.filter(({ pid }) => pid === ancestor);
  for (const { pid } of family) family.push(...all.filter(({ parent }) => parent === pid));
  return family;
}

/** Megabytes of a process, what it shares divided by those that share it; null where the kernel does not tell. */
function proportionalSize(pid: number): number | null {
  try {
    const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}

it('takes little memory at rest, PostgreSQL and Redis included', async () => {
  if (proportionalSize(process.pid) === null) {
    console.warn('Skipped: this kernel has no /proc/PID/smaps_rollup, which tells what processes share.');
    return;
  }
  await delay(REST);
  const family = familyOf(facet.process.pid!);
  for (const program of [/main\.js/, /bin\/postgres/, /(redis|valkey)-server/])
    expect(family.filter(({ command }) => program.test(command))).toHaveLength(1);
  const sizes = family.map(({ pid }) => proportionalSize(pid));
  expect(sizes).not.toContain(null);
  expect(sizes.reduce<number>((sum, size) => sum + size!, 0)).toBeLessThan(MOST_MEMORY);
});
