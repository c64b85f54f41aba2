import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Analyzed, analyzeVideo, removeFolders } from '../../../../test/support/media/analyze-video.js';
import { groupFilm } from '../../../../test/support/media/groups.js';
import { clip, make } from '../../../../test/support/media/videos.js';
import { modelsDirectory } from '../../../../test/support/models.js';
import { cosine } from '../../../vision/faces/embedding/cosine.js';
import { FaceDescriber } from '../../../vision/faces/describe-faces.js';

interface Faces {
  frames_analyzed: number;
  frames_with_faces: number;
  max_faces: number;
  sampling: { requested: number; achieved: number; lowered: boolean; complete: boolean };
  people: {
    track_id: number;
    first_seen: number;
    last_seen: number;
    frames: number;
    score: number;
    box: { x: number; y: number; width: number; height: number };
    artifact: string;
  }[];
  timeline: { time: number; faces: number }[];
}

afterAll(removeFolders);

async function facesIn(path: string, options = {}, mediaType = 'video/mp4'): Promise<Faces & { film: Analyzed }> {
  const film = await analyzeVideo({ path, mediaType }, { features: ['faces'], options });
  expect(film.reports).toEqual([]);
  return { ...(film.results as unknown as { faces: Faces }).faces, film };
}

const countsOf = ({ timeline }: Faces, from: number, to: number) => [
  ...new Set(timeline.filter(({ time }) => time >= from && time < to).map(({ faces }) => faces)),
];

it('counts four people that a camera pans over, each once', async () => {
  // The first leaves to the left before the last comes in from the right.
  const pan = await groupFilm([{ photograph: 6, seconds: 5, width: 1920, x: '(iw-1280)*t/5', y: '250+60*sin(t)' }]);
  const faces = await facesIn(pan);
  expect(faces).toMatchObject({
    frames_analyzed: 50,
    frames_with_faces: 50,
    max_faces: 4,
    sampling: { requested: 10, achieved: 10, lowered: false, complete: true },
  });
  expect(faces.people.map(({ track_id }) => track_id)).toEqual([1, 2, 3, 4]);
  const [always, also, first, last] = faces.people;
  expect([always!.frames, also!.frames]).toEqual([50, 50]);
  expect(first!.first_seen).toBe(0);
  expect(first!.last_seen).toBeLessThan(3.5);
  expect(last!.first_seen).toBeGreaterThan(2);
  expect(last!.last_seen).toBeGreaterThan(4.8);
});

describe('a film with an empty middle, a return and a cut to others', () => {
  let faces: Faces & { film: Analyzed };
  let path: string;

  beforeAll(async () => {
    path = await groupFilm([
      { photograph: 5, seconds: 2, y: '60+20*t' },
      { photograph: 0, seconds: 3 },
      { photograph: 5, seconds: 2, width: 1400, x: '20*t', y: '100' },
      { photograph: 4, seconds: 2, y: '20' },
    ]);
    faces = await facesIn(path);
  });

  it('knows again who returns, and tells the others apart', () => {
    expect(faces.max_faces).toBe(5);
    expect(faces.people).toHaveLength(9);
    for (const person of faces.people.slice(0, 5)) expect(person).toMatchObject({ first_seen: 0, frames: 40 });
    for (const person of faces.people.slice(5)) expect(person).toMatchObject({ frames: 20 });
    for (const { first_seen, last_seen } of faces.people.slice(5)) expect(first_seen >= 7 && last_seen < 9).toBe(true);
  });

  it('has a timeline that says so', () => {
    expect(faces.timeline).toHaveLength(90);
    expect([countsOf(faces, 0, 2), countsOf(faces, 2, 5), countsOf(faces, 5, 7), countsOf(faces, 7, 9)]).toEqual([
      [5],
      [0],
      [5],
      [4],
    ]);
    expect(faces.frames_with_faces).toBe(60);
  });

  it('keeps the best picture of each, on which that person is', async () => {
    const describer = await FaceDescriber.load(modelsDirectory, { embeddings: true });
    const embeddings = [];
    for (const { artifact, box } of faces.people) {
      const picture = sharp(await readFile(join(faces.film.folder, artifact))).removeAlpha();
      const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
      const [portrait] = await describer.describeFaces({ data, width: info.width, height: info.height, channels: 3 });
      expect(portrait!.box.width).toBeGreaterThan(0.3 * info.width);
      expect(box.width > 60 && box.height > 80 && box.x >= 0 && box.x + box.width <= 1280).toBe(true);
      embeddings.push(portrait!.embedding!);
    }
    for (const [index, one] of embeddings.entries())
      for (const other of embeddings.slice(index + 1)) expect(cosine(one, other)).toBeLessThan(0.5);
  });

  it('finds the same in the same bytes, and reports how far it is', async () => {
    const again = await facesIn(path);
    expect({ ...again, film: null }).toEqual({ ...faces, film: null });
    const { progress } = again.film;
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
    expect(new Set(progress).size).toBeGreaterThan(60);
  });
});

it('follows small faces that move', async () => {
  // The inner video is 480 pixels wide: its faces are 40 to 47 pixels wide.
  const film = await groupFilm([{ photograph: 5, seconds: 3, y: '100' }], {
    filter: "split[a][b];[a]boxblur=30[c];[b]scale=480:-2[d];[c][d]overlay=x='100+150*t':y='200+60*sin(3*t)'",
  });
  const faces = await facesIn(film);
  expect(faces.people).toHaveLength(5);
  expect(countsOf(faces, 0, 3)).toEqual([5]);
  for (const { box } of faces.people) expect(box.width).toBeLessThan(60);
});

it('looks at every picture when it is asked to, and at few when it is asked to', async () => {
  const film = await groupFilm([{ photograph: 3, seconds: 3 }]);
  expect(await facesIn(film, { faces_per_second: 0 })).toMatchObject({ frames_analyzed: 75, max_faces: 3 });
  const few = await facesIn(film, { faces_per_second: 1 });
  expect(few).toMatchObject({ frames_analyzed: 3, max_faces: 3, sampling: { requested: 1, achieved: 1 } });
  expect(few.people).toHaveLength(3);
  expect(few.timeline.map(({ time }) => time)).toEqual([0, 1, 2]);
});

it('sees a film upright that lies on its side, and shows boxes in its upright pixels', async () => {
  const upright = await groupFilm([{ photograph: 3, seconds: 1 }]);
  const lying = await make('mp4', ['-i', upright, '-vf', 'transpose=2', '-c:v', 'libx264', '-preset', 'ultrafast']);
  const turned = await make('mp4', ['-i', lying, '-c', 'copy', '-metadata:s:v', 'rotate=270']);
  const faces = await facesIn(turned);
  expect(faces.people).toHaveLength(3);
  for (const { box } of faces.people)
    expect(box.x + box.width > 300 && box.x + box.width <= 1280 && box.height > box.width).toBe(true);
});

it('takes a variable frame rate: each picture at its time', async () => {
  const film = await groupFilm(
    [
      { photograph: 3, seconds: 2 },
      { photograph: 0, seconds: 4 },
    ],
    { filter: 'select=lt(t\\,1)+not(mod(n\\,25))', extra: ['-vsync', 'vfr'], extension: 'mkv' },
  );
  const faces = await facesIn(film, {}, 'video/x-matroska');
  expect(faces.timeline.map(({ time }) => time).slice(10)).toEqual([1, 2, 3, 4, 5]);
  expect([countsOf(faces, 0, 2), countsOf(faces, 2, 6)]).toEqual([[3], [0]]);
});

it('finds no person where there is none', async () => {
  const { path } = await clip({ seconds: 3, cuts: [1] });
  expect(await facesIn(path)).toMatchObject({ frames_with_faces: 0, max_faces: 0, people: [] });
  const texture = await make('mp4', ['-f', 'lavfi', '-i', 'testsrc2=s=640x480:r=10:d=2', '-pix_fmt', 'yuv420p']);
  expect(await facesIn(texture)).toMatchObject({ frames_analyzed: 20, people: [] });
});

it('lowers the rate rather than fail when there is little time, and says so', async () => {
  const shot = await groupFilm([{ photograph: 5, seconds: 2, y: '100' }]);
  const film = await make('mp4', ['-stream_loop', '89', '-i', shot, '-c', 'copy']);
  const analyzed = await analyzeVideo(
    { path: film, mediaType: 'video/mp4' },
    { features: ['faces'], options: { faces_per_second: 0 }, seconds: 9 },
  );
  const { faces } = analyzed.results as unknown as { faces: Faces };
  expect(faces.sampling.lowered).toBe(true);
  expect(faces.sampling.achieved).toBeLessThan(25);
  expect(faces.frames_analyzed).toBeLessThan(4500);
  expect(faces.max_faces).toBe(5);
});
