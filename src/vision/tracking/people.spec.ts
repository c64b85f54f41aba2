import { peopleOf } from './people.js';
import { FaceTrack } from './track.js';

const box = { x: 0, y: 0, width: 10, height: 10 };

/** A track from one time to another of a person who looks in a direction of the plane, in degrees. */
function track(firstSeen: number, lastSeen: number, degrees: number | null, frames = 5): FaceTrack {
  const made = new FaceTrack(firstSeen, { box, score: 0.9 });
  for (let frame = 1; frame < frames; frame++)
    made.update(firstSeen + ((lastSeen - firstSeen) * frame) / (frames - 1), { box, score: 0.9 });
  const angle = ((degrees ?? 0) * Math.PI) / 180;
  if (degrees !== null) made.addEmbedding(firstSeen, Float32Array.of(Math.cos(angle), Math.sin(angle)));
  return made;
}

const SAME = 0.8;

it('takes who returns for the same person', () => {
  const [ann, bob, annAgain] = [track(0, 2, 10), track(1, 3, 90), track(5, 7, 20)];
  expect(peopleOf([ann, bob, annAgain], SAME)).toEqual([[ann, annAgain], [bob]]);
});

it('never puts together who were seen at once, however alike', () => {
  const twins = [track(0, 5, 30), track(4, 6, 30)];
  expect(peopleOf(twins, SAME)).toEqual(twins.map((twin) => [twin]));
});

it('gives a track to the likelier of two', () => {
  const [ann, bob, returned] = [track(0, 2, 0), track(0, 2, 40), track(5, 6, 30)];
  expect(peopleOf([ann, bob, returned], SAME)).toEqual([[ann], [bob, returned]]);
});

it('does not chain strangers together by those in between', () => {
  // Each is like the next, the first and the last are not alike.
  const chain = [0, 30, 60, 90].map((degrees, index) => track(2 * index, 2 * index + 1, degrees));
  expect(peopleOf(chain, SAME).length).toBeGreaterThan(1);
});

it('weighs tracks by how long they were seen', () => {
  const [long, short, later] = [track(0, 9, 0, 100), track(10, 11, 35, 2), track(20, 21, 25, 5)];
  // The mean of the first two stays near the first.
  expect(peopleOf([long, short, later], SAME)).toEqual([[long, short, later]]);
});

it('leaves those alone whose looks are not known', () => {
  const unknown = [track(0, 1, null), track(2, 3, null)];
  expect(peopleOf(unknown, SAME)).toEqual(unknown.map((one) => [one]));
});

it('orders people by when they were first seen', () => {
  const [late, early] = [track(5, 9, 0), track(1, 2, 90)];
  expect(peopleOf([late, early], SAME)).toEqual([[early], [late]]);
  expect(peopleOf([], SAME)).toEqual([]);
});
