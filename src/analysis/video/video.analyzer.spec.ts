import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { analyzeVideo, type Analyzed, removeFolders } from '../../../test/support/media/analyze-video.js';
import { clip, colourOf, type ContainerName, recipes } from '../../../test/support/media/videos.js';
import { videoAnalyzer } from './video.analyzer.js';
import { videoFeatures } from './video.features.js';

afterAll(removeFolders);

const containers = Object.keys(recipes) as ContainerName[];

describe.each(containers)('a film in %s', (container) => {
  let analyzed: Analyzed;

  beforeAll(async () => {
    analyzed = await analyzeVideo(await clip({ seconds: 9, cuts: [2, 5.4], container }));
  });

  it('has its facts, its scenes and its sound found', () => {
    const { results, reports } = analyzed;
    expect(reports).toEqual([]);
    expect(results.video).toMatchObject({ width: 320, height: 240, fps: 25, frames: 225, rotation: 0, container });
    expect(results.video?.codec).toBe(recipes[container].videoCodec);
    expect(Math.abs(Number(results.video?.duration) - 9)).toBeLessThan(0.1);
    expect(results.audio).toMatchObject({ codec: recipes[container].audioCodec, channels: 1 });
    const scenes = results.scenes ?? [];
    expect(scenes.map(({ start }) => start)).toEqual([0, expect.closeTo(2, 1), expect.closeTo(5.4, 1)]);
    expect(scenes.map(({ end }) => end)).toEqual([
      ...scenes.slice(1).map(({ start }) => start),
      results.video?.duration,
    ]);
  });

  it('has a key frame of the right colour in each scene, and a contact sheet of all three', async () => {
    const { results, artifacts, folder } = analyzed;
    const names = ['keyframe-1.jpg', 'keyframe-2.jpg', 'keyframe-3.jpg'];
    expect(results.keyframes?.map(({ artifact }) => artifact)).toEqual(names);
    expect(artifacts).toEqual([...names, 'contact-sheet.jpg'].map((name) => ({ name, mediaType: 'image/jpeg' })));
    expect((await readdir(folder)).sort()).toEqual(['contact-sheet.jpg', ...names]);
    for (const [index, name] of names.entries()) {
      const { time } = results.keyframes![index]!;
      expect(time).toBeGreaterThanOrEqual(results.scenes![index]!.start);
      expect(time).toBeLessThan(results.scenes![index]!.end);
      expect(await distance(join(folder, name), colourOf(index))).toBeLessThan(12);
    }
    // Two columns and two rows of 320 × 240 with 8 px around each.
    expect(await sharp(join(folder, 'contact-sheet.jpg')).metadata()).toMatchObject({ width: 664, height: 504 });
  });

  it('may be silent', async () => {
    const { results } = await analyzeVideo(await clip({ seconds: 1, audio: false, container }), {
      features: ['audio'],
    });
    expect(results).toEqual({ audio: null });
  });
});

describe('the analyzer of videos', () => {
  it('lists every file in the folder of features', () => {
    const files = readdirSync(join(__dirname, 'features')).filter((name) => !name.endsWith('.spec.ts'));
    const named = files.map((name) => name.replace(/\.ts$/, '').replaceAll('-', '_'));
    expect(videoFeatures.map(({ name }) => name).sort()).toEqual(named.sort());
  });

  it('does only what was asked for', async () => {
    const { results, artifacts } = await analyzeVideo(await clip(), { features: ['contact_sheet', 'audio'] });
    expect(Object.keys(results)).toEqual(['audio']);
    expect(artifacts.map(({ name }) => name)).toEqual(['contact-sheet.jpg']);
  });

  it('finds weaker cuts with a lower threshold', async () => {
    // A tenth of white over (200, 30, 30) adds (5.5, 22.5, 22.5), on average 17 of 100: a score of about 0.17.
    const film = await clip({ seconds: 4, cuts: [], filter: "drawbox=c=white@0.1:t=fill:replace=0:enable='gte(t,2)'" });
    const scenes = async (threshold: number) => {
      const options = { scene_threshold: threshold };
      return (await analyzeVideo(film, { features: ['scenes'], options })).results.scenes?.length;
    };
    expect([await scenes(0.05), await scenes(0.95)]).toEqual([2, 1]);
  });

  it('takes at most twenty key frames from a film of many scenes', async () => {
    const cuts = Array.from({ length: 29 }, (_, index) => index + 1);
    const { results, folder } = await analyzeVideo(await clip({ seconds: 30, cuts, fps: 5 }));
    expect(results.scenes).toHaveLength(30);
    expect(results.keyframes).toHaveLength(20);
    expect(results.keyframes?.[0]?.time).toBeLessThan(1);
    expect(results.keyframes?.[19]?.time).toBeGreaterThan(29);
    // Five columns and four rows.
    const sheet = await sharp(join(folder, 'contact-sheet.jpg')).metadata();
    expect(sheet).toMatchObject({ width: 8 + 5 * 328, height: 8 + 4 * 248 });
  });

  it("says how far it is while it runs, by ffmpeg's own reports", async () => {
    const film = await clip({ seconds: 60, cuts: [20, 40], width: 1280, height: 720, filter: 'noise=alls=2:allf=t' });
    const { progress } = await analyzeVideo(film);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress[0]).toBe(0);
    expect(Math.max(...progress)).toBeLessThanOrEqual(100);
    // Between the reading of the file (5 %) and the first key frame (70 %).
    expect(progress.filter((percent) => percent > 5 && percent < 70).length).toBeGreaterThanOrEqual(2);
  });

  it('names its seven containers and its options', () => {
    expect([...videoAnalyzer.mediaTypes].sort()).toEqual(containers.map((name) => recipes[name].mediaType).sort());
    expect(videoAnalyzer.options).toEqual([
      expect.objectContaining({ name: 'scene_threshold', type: 'number', default: 0.3, minimum: 0.05, maximum: 0.95 }),
      expect.objectContaining({ name: 'faces_per_second', type: 'number', default: 10, minimum: 0, maximum: 240 }),
      expect.objectContaining({ name: 'object_threshold', type: 'number', default: 0.4, minimum: 0.05, maximum: 0.95 }),
    ]);
  });
});

/** How far the average colour of a frame is from another, in the channel where they differ most. */
async function distance(path: string, colour: readonly number[]): Promise<number> {
  const { channels } = await sharp(path).stats();
  return Math.max(...channels.map(({ mean }, index) => Math.abs(mean - (colour[index] ?? 0))));
}
