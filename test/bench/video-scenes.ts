import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { videoAnalyzer } from '../../src/analysis/video/video.analyzer.js';
import { groupFilm } from '../support/media/groups.js';
import { buildContext } from './analysis-context.js';
import { type Figures, secondsOf, takeTurns } from './figures.js';
import type { Workbench } from './workbench.js';

/** Seconds for the turns of both. */
const TIME = 20;

/** Seconds of film; what the analyzer does besides, such as measuring the file, is the same for every film. */
const SECONDS = 120;

/** Seconds of film a second whose scenes are found, against one ffmpeg that decodes it with the same filter. */
export async function videoScenesBenchmark(bench: Workbench): Promise<Figures> {
  const shot = (photograph: number) => ({
    photograph,
    seconds: SECONDS / 3,
    width: 1500,
    x: '100+100*sin(t)',
    y: '80',
  });
  const film = await groupFilm([shot(6), shot(5), shot(4)]);
  const { ours, reference } = await takeTurns(
    TIME,
    async () => SECONDS / (await secondsOf(() => findScenes(film, bench.folder))),
    async () => SECONDS / (await secondsOf(() => decode(film))),
  );
  return {
    name: 'video-scenes',
    unit: 'seconds of film/s',
    ours,
    reference,
    reference_name: 'ffmpeg -f null, same filter',
    ratio: ours / reference,
  };
}

async function findScenes(path: string, folder: string): Promise<void> {
  const { scenes } = await videoAnalyzer.analyze(
    { path, mediaType: 'video/mp4', features: ['scenes'], options: {} },
    buildContext(folder),
  );
  if (!Array.isArray(scenes) || scenes.length !== 3) throw new Error('The scenes were not found');
}

async function decode(path: string): Promise<void> {
  const filter = String.raw`scale=320:180:flags=fast_bilinear,format=rgb24,select=gt(scene\,0.3)`;
  const input = ['-nostdin', '-v', 'error', '-threads', '2', '-skip_loop_filter', 'noref', '-i', path];
  await promisify(execFile)('ffmpeg', [...input, '-vf', filter, '-f', 'null', '-']);
}
