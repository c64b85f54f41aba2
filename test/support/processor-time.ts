import { readFileSync } from 'node:fs';

/** Of the clock in which Linux counts processor time, on every platform that Node runs on. */
const MILLISECONDS_A_TICK = 10;

/** Milliseconds of processor time that a process has used with all its threads; null where there is no `/proc`. */
export function processorTimeOf(pid: number): number | null {
  try {
    // The name of the program stands in brackets and may hold anything; utime and stime are fields 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MILLISECONDS_A_TICK;
  } catch {
    return null;
  }
}
