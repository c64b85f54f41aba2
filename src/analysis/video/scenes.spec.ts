import { scenesBetween, spread } from './scenes.js';

const cut = (time: number) => ({ time, score: 1 });

describe('scenesBetween', () => {
  it('covers the whole film when nothing is cut', () => {
    expect(scenesBetween([], 12.3456)).toEqual([{ start: 0, end: 12.346 }]);
  });

  it('takes cuts in any order, once each, and none outside the film', () => {
    expect(scenesBetween([5, 2, 5, 0, -1, 9, 11].map(cut), 9)).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 5 },
      { start: 5, end: 9 },
    ]);
  });

  it('leaves one scene of no length to a film of no length', () => {
    expect(scenesBetween([cut(1)], 0)).toEqual([{ start: 0, end: 0 }]);
  });
});

describe('spread', () => {
  const scenes = (count: number) => Array.from({ length: count }, (_, start) => ({ start, end: start + 1 }));

  it('keeps all scenes when there are few', () => {
    expect(spread(scenes(3), 3)).toEqual(scenes(3));
  });

  it('keeps the first, the last and those between at even distances', () => {
    expect(spread(scenes(9), 3).map(({ start }) => start)).toEqual([0, 4, 8]);
    expect(spread(scenes(1000), 20)).toHaveLength(20);
  });
});
