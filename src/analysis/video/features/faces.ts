import { writeFile } from 'node:fs/promises';
import type { AnalysisContext, Feature } from '../../analyzer.js';
import type { Box } from '../../../media/pixels/raster.js';
import type { Person } from '../../../vision/tracking/people.js';
import type { DecodedVideo } from '../decoded-video.js';
import { milliseconds } from '../milliseconds.js';
import { thinned } from '../people/face-counts.js';
import { videoBox } from '../people/frames.js';
import { FaceFollower, FOLLOWING_MODELS } from '../people/follower.js';
import type { Portrait } from '../people/portraits.js';
import { scanFaces } from '../people/scan-faces.js';

/** Share of the time that is left which looking for faces may take. */
const FACES_TIME_SHARE = 0.8;

/** People who come with a frame at most; those who were seen longest. */
const MAX_PORTRAITS = 200;

/** One row of `people`. */
interface PersonShown {
  readonly track_id: number;
  /** Seconds from the start of the video. */
  readonly first_seen: number;
  readonly last_seen: number;
  /** Analyzed frames in which the face was found. */
  readonly frames: number;
  readonly score: number;
  /** Where the face is on its best frame, in pixels of the upright video. */
  readonly box: Box;
  readonly artifact: string | null;
}

/** Faces in a video and whose they are: who leaves and returns is one person. */
export const faces: Feature<DecodedVideo> = {
  name: 'faces',
  description: 'Faces, and the people they belong to, followed through the film',
  default: true,
  models: FOLLOWING_MODELS,
  run: async (video, context) => {
    const follower = await FaceFollower.load(context.models, video.settings.sceneThreshold);
    const rate = video.settings.facesPerSecond;
    const { counts, lowered, complete } = await scanFaces(
      video,
      follower,
      rate,
      FACES_TIME_SHARE * (context.deadline - Date.now()),
    );
    const people = follower.people();
    const shown = new Set([...people].sort((one, other) => framesOf(other) - framesOf(one)).slice(0, MAX_PORTRAITS));
    return {
      frames_analyzed: counts.length,
      frames_with_faces: counts.filter((count) => count.faces > 0).length,
      max_faces: Math.max(0, ...counts.map((count) => count.faces)),
      sampling: { requested: rate, achieved: achieved(counts.length, video), lowered, complete },
      people: await Promise.all(
        people.map((person, index) => {
          const portrait = follower.portraits.bestOf(person);
          return showPerson(person, index + 1, portrait, video, shown.has(person) ? context : null);
        }),
      ),
      timeline: thinned(counts),
    };
  },
};

/** Frames a second. */
const achieved = (frameCount: number, { timeline: { duration } }: DecodedVideo) =>
  duration > 0 ? Math.round((100 * frameCount) / duration) / 100 : frameCount;

const framesOf = (person: Person) => person.reduce((sum, { frames }) => sum + frames, 0);

async function showPerson(
  person: Person,
  id: number,
  portrait: Portrait | null,
  video: DecodedVideo,
  context: AnalysisContext | null,
): Promise<PersonShown> {
  const artifact = portrait && context ? `person-${id}.jpg` : null;
  if (artifact && portrait && context) await writeFile(context.artifact(artifact, 'image/jpeg'), portrait.jpeg);
  return {
    track_id: id,
    first_seen: milliseconds(Math.min(...person.map(({ firstSeen }) => firstSeen))),
    last_seen: milliseconds(Math.max(...person.map(({ lastSeen }) => lastSeen))),
    frames: framesOf(person),
    score: Math.round(1000 * Math.max(...person.map(({ score }) => score))) / 1000,
    box: videoBox(portrait?.box ?? person[0]?.box ?? { x: 0, y: 0, width: 0, height: 0 }, video.header.videoStream),
    artifact,
  };
}
