import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says of a process. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
  readonly command: string;
}

/** Every process but those that have died and only wait to be asked for their exit code. */
export function processes(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(entryOf)
    .filter((entry): entry is ProcessEntry => entry !== null && entry.state !== 'Z');
}

function entryOf(pid: string): ProcessEntry | null {
  try {
    const [, state = '', parent, group] =
      /^\d+ \(.*\) (\S) (\d+) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid: Number(pid), parent: Number(parent), group: Number(group), state, command };
  } catch {
    // It has ended between two looks.
    return null;
  }
}

/** The analyzer processes of a Facet: its children that lead a group of their own. */
export const analyzersOf = (facet: number): ProcessEntry[] =>
  processes().filter(
    ({ pid, parent, group, command }) => parent === facet && group === pid && command.includes('child.js'),
  );

/** All that an analyzer has started, and itself while it is there. */
export const groupOf = (leader: number): ProcessEntry[] => processes().filter(({ group }) => group === leader);

export const isFfmpeg = ({ command }: ProcessEntry): boolean => /^\S*ffmpeg /.test(command);
