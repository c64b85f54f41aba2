import { levelsOf, VIEW } from './tiles.js';

/** Numbers that are the same in every run. */
function* numbers(seed = 7): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

it('sees a small picture at once, enlarged four times at most', () => {
  expect(levelsOf(320, 240)).toEqual([
    { scale: 1, width: 320, height: 240, tallest: Infinity, tiles: [{ x: 0, y: 0 }] },
  ]);
  expect(levelsOf(16, 16)).toMatchObject([{ scale: 4, width: 64, height: 64 }]);
});

it('ends with the picture itself', () => {
  for (const [width, height] of [
    [1920, 1080],
    [1080, 1920],
    [2500, 1875],
    [2500, 3],
    [961, 720],
  ] as const) {
    const last = levelsOf(width, height).at(-1)!;
    expect(last).toMatchObject({ scale: expect.closeTo(1, 9) as number, width, height });
  }
});

it('has every face of 24 pixels and more wholly in a view in which it is neither too small nor too large', () => {
  const random = numbers();
  const next = (from: number, to: number) => from + (to - from) * random.next().value!;
  for (let round = 0; round < 3000; round++) {
    const [width, height] = [Math.round(next(200, 2500)), Math.round(next(200, 2500))];
    const tall = next(24, Math.min(width, height));
    const [x, y] = [next(0, width - tall), next(0, height - tall)];
    const seen = levelsOf(width, height).some(
      (level) =>
        tall * level.scale >= 23 &&
        tall * level.scale <= level.tallest &&
        level.tiles.some(
          (tile) =>
            x * level.scale >= tile.x - 1 &&
            y * level.scale >= tile.y - 1 &&
            (x + tall) * level.scale <= tile.x + VIEW.width + 1 &&
            (y + tall) * level.scale <= tile.y + VIEW.height + 1,
        ),
    );
    expect({ width, height, x, y, tall, seen }).toMatchObject({ seen: true });
  }
});

it('keeps its views inside the picture and needs few of them', () => {
  const levels = levelsOf(1920, 1080);
  for (const { width, height, tiles } of levels)
    for (const { x, y } of tiles) {
      expect(x >= 0 && x <= Math.max(0, width - VIEW.width)).toBe(true);
      expect(y >= 0 && y <= Math.max(0, height - VIEW.height)).toBe(true);
    }
  expect(levels.reduce((sum, { tiles }) => sum + tiles.length, 0)).toBeLessThan(80);
});
