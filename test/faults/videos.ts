import { execFileSync } from 'node:child_process';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clip } from '../support/media/videos.js';

const CUTS = [6, 13];

/** A film of 18 s with two cuts. */
export const film = async (): Promise<string> => (await clip({ seconds: 18, cuts: CUTS })).path;

/**
 * What a film that only has to keep a worker busy is analyzed for: its scenes, and a file for each. Faces would be looked
 * for in 180 pictures.
 */
export const scenesAlone = { fields: { features: 'video,scenes,keyframes' } };

/** Whether the analysis has found the film's scenes, to the half second. */
export function expectScenes(row: { results: { scenes: { start: number }[] } }): void {
  const starts = row.results.scenes.map(({ start }) => start);
  expect(starts).toHaveLength(CUTS.length + 1);
  for (const [index, cut] of CUTS.entries()) expect(Math.abs(starts[index + 1]! - cut)).toBeLessThan(0.5);
}

/**
 * The real ffmpeg, held to a multiple of the speed at which a film is watched: an analysis takes its time on any
 * machine without keeping it busy. Answers the value of `FFMPEG_PATH`.
 */
export async function pacedFfmpeg(directory: string, speed: number): Promise<string> {
  const [ffmpeg, ffprobe] = ['ffmpeg', 'ffprobe'].map((name) =>
    execFileSync('/bin/sh', ['-c', `command -v ${name}`])
      .toString()
      .trim(),
  );
  const path = join(directory, 'ffmpeg');
  await writeFile(path, `#!/bin/sh\nexec ${ffmpeg} -readrate ${speed} "$@"\n`);
  await chmod(path, 0o755);
  await symlink(ffprobe!, join(directory, 'ffprobe'));
  return path;
}
