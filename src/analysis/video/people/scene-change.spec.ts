import { SceneChange } from './scene-change.js';

const plain = (level: number) => new Uint8Array(3 * 64 * 48).fill(level);

const changes = (...levels: readonly number[]) => {
  const change = new SceneChange();
  return levels.map((level) => change.next(plain(level)));
};

it('is 0 at the start and while nothing changes', () => {
  expect(changes(90, 90, 90)).toEqual([0, 0, 0]);
});

it('is how much of the range the levels have jumped', () => {
  expect(changes(100, 100, 150)[2]).toBeCloseTo(0.5, 9);
  expect(changes(0, 0, 255)[2]).toBe(1);
});

it('is small while everything changes steadily', () => {
  const [, , ...steady] = changes(0, 40, 80, 120, 160);
  expect(steady).toEqual([0, 0, 0]);
});
