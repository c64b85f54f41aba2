import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Check, TIMEOUT_MS } from './check.js';

export const ffmpeg: Check = {
  name: 'ffmpeg',
  look: async ({ ffmpeg: programs }) => {
    const version = await versionOf(programs.ffmpeg);
    await versionOf(programs.ffprobe);
    return `${version} with ffprobe`;
  },
};

async function versionOf(program: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, ['-version'], { timeout: TIMEOUT_MS });
    return /version (\S+)/.exec(stdout)?.[1] ?? 'of no known version';
  } catch (error) {
    throw new Error(`${program} cannot be run: npm run setup installs it, FFMPEG_PATH names another.`, {
      cause: error,
    });
  }
}
