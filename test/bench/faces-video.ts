import { spawn } from 'node:child_process';
import { ColorConversion } from '../../src/analysis/video/people/yuv420.js';
import { videoAnalyzer } from '../../src/analysis/video/video.analyzer.js';
import { groupFilm } from '../support/media/groups.js';
import { buildContext } from './analysis-context.js';
import { openBareModels, VIEW } from './bare-faces.js';
import { type Figures, secondsOf, takeTurns } from './figures.js';
import type { Workbench } from './workbench.js';

/** Seconds for the turns of both. */
const TIME = 40;

/** Pictures of the film, at 25 a second. */
const PICTURES = 1000;

/**
 * Pictures a second of a film of 1280 × 720 whose people are followed, every picture looked at, against a loop that
 * takes the same pictures from the same ffmpeg, shows each to the same detector, and does no more: nobody is followed,
 * nobody known again, small faces are not looked for.
 */
export async function facesVideoBenchmark(bench: Workbench): Promise<Figures> {
  const film = await groupFilm([
    { photograph: 6, seconds: 20, width: 1920, x: '(iw-1280)*t/20', y: '250+60*sin(t)' },
    { photograph: 5, seconds: 20, width: 1500, x: '100+100*sin(t)', y: '100' },
  ]);
  const { detect } = await openBareModels();
  const { ours, reference } = await takeTurns(
    TIME,
    async () => PICTURES / (await secondsOf(() => follow(film, bench.folder))),
    async () => PICTURES / (await secondsOf(() => bareLoop(film, detect))),
  );
  return {
    name: 'faces-video',
    unit: 'pictures/s',
    ours,
    reference,
    reference_name: 'same ffmpeg and detector',
    ratio: ours / reference,
  };
}

async function follow(path: string, folder: string): Promise<void> {
  const task = { path, mediaType: 'video/mp4', features: ['faces'], options: { faces_per_second: 0 } };
  const results = await videoAnalyzer.analyze(task, buildContext(folder));
  const { frames_analyzed } = results.faces as { frames_analyzed: number };
  if (frames_analyzed !== PICTURES) throw new Error(`${frames_analyzed} pictures were looked at`);
}

type Detect = Awaited<ReturnType<typeof openBareModels>>['detect'];

/** What ffmpeg delivers: the picture at 960 × 540, and below it a copy that the detector sees at once. */
const LARGE = { width: 960, height: 540 };
const SMALL = { width: VIEW.width, height: 180 };
const BOTH = { width: LARGE.width, height: LARGE.height + SMALL.height };
const GRAPH =
  `[0:v]scale=${LARGE.width}:${LARGE.height}:flags=area:out_range=tv,format=yuv420p,split[large][copy];` +
  `[copy]scale=${SMALL.width}:${SMALL.height}:flags=area,pad=${LARGE.width}:${SMALL.height}[small];` +
  '[large][small]vstack[both]';

async function bareLoop(path: string, detect: Detect): Promise<void> {
  const input = ['-nostdin', '-v', 'error', '-threads', '2', '-filter_threads', '1', '-skip_loop_filter', 'noref'];
  const output = ['-filter_complex', GRAPH, '-map', '[both]', '-f', 'rawvideo', 'pipe:1'];
  const ffmpeg = spawn('ffmpeg', [...input, '-i', path, ...output], { stdio: ['ignore', 'pipe', 'inherit'] });
  const colors = new ColorConversion('bt470bg');
  const bytes = Buffer.alloc((BOTH.width * BOTH.height * 3) / 2);
  let [filled, pictures] = [0, 0];
  for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(bytes, filled, at);
      at += copied;
      filled += copied;
      if (filled < bytes.length) continue;
      filled = 0;
      pictures += 1;
      const small = colors.rgb({ ...BOTH, bytes }, LARGE.height, SMALL);
      await detect(small.data, SMALL.width, SMALL.height);
    }
  if (pictures !== PICTURES) throw new Error(`${pictures} pictures came from ffmpeg`);
}
