import type { Detection } from '../faces/detection/face-detector.js';
import type { FaceTrack } from './track.js';
import { FaceTracker } from './tracker.js';

const at = (x: number, y = 100, score = 0.95, size = 40): Detection => ({
  box: { x, y, width: size, height: size },
  score,
});

/** Follows a list of images, a tenth of a second apart; returns whom each detection was given to. */
function followAll(pictures: readonly (readonly Detection[])[], tracker = new FaceTracker()): (FaceTrack | null)[][] {
  return pictures.map((detections, index) => {
    const time = index / 10;
    const { matches, strangers } = tracker.associate(time, detections);
    const begun = new Map(strangers.map((stranger) => [stranger, tracker.startTrack(time, stranger)]));
    return detections.map(
      (detection) => matches.find((match) => match.detection === detection)?.track ?? begun.get(detection) ?? null,
    );
  });
}

it('follows a face that moves', () => {
  const owners = followAll([[at(0)], [at(15)], [at(30)], [at(45)]]).flat();
  expect(new Set(owners).size).toBe(1);
  expect(owners[0]).toMatchObject({ frames: 4, firstSeen: 0, lastSeen: 0.3, box: at(45).box });
});

it('expects a face where its speed has taken it, though it was hidden for a while', () => {
  const [first] = followAll([[at(0)], [at(20)], [at(40)], [], [], [], [at(120)]]);
  expect(first![0]!.frames).toBe(4);
});

it('does not punish a face for stopping', () => {
  const owners = followAll([[at(0)], [at(24)], [at(48)], [at(48)], [at(48)]]).flat();
  expect(new Set(owners).size).toBe(1);
});

it('keeps two apart who pass each other', () => {
  const pictures = Array.from({ length: 12 }, (_, step) => [at(10 * step, 100), at(110 - 10 * step, 125)]);
  const owners = followAll(pictures);
  expect(new Set(owners.map(([one]) => one)).size).toBe(1);
  expect(new Set(owners.map(([, other]) => other)).size).toBe(1);
  expect(owners[0]![0]).not.toBe(owners[0]![1]);
});

it('goes on with what it is unsure of, but begins nothing with it', () => {
  const owners = followAll([[at(0)], [at(2, 100, 0.45)], [at(4)], [at(300, 100, 0.45)]]);
  expect(owners[1]![0]).toBe(owners[0]![0]);
  expect(owners[3]![0]).toBeNull();
});

it('gives a sure detection to a track before an unsure one that lies closer', () => {
  const tracker = new FaceTracker();
  const track = tracker.startTrack(0, at(0));
  const { matches, strangers } = tracker.associate(0.1, [at(1, 100, 0.5), at(12)]);
  expect(matches).toEqual([{ track, detection: at(12), overlap: 28 / 52 }]);
  expect(strangers).toEqual([]);
});

it('waits for a second and no longer', () => {
  const tracker = new FaceTracker();
  tracker.startTrack(0, at(0));
  expect(tracker.expectedTracks(1)).toHaveLength(1);
  expect(tracker.expectedTracks(1.01)).toHaveLength(0);
});

it('takes every face for a new person after a cut', () => {
  const tracker = new FaceTracker();
  tracker.startTrack(0, at(0));
  tracker.endAllTracks();
  expect(tracker.associate(0.1, [at(0)])).toEqual({ matches: [], strangers: [at(0)] });
});
