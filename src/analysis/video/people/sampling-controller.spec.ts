import { SamplingController, type Rate } from './sampling-controller.js';

/**
 * A machine that goes through a video: so many milliseconds for decoding a second of it, so many for a frame that is
 * looked at. Key frames come every two seconds and cost a tenth to decode.
 */
function goThrough(film: { seconds: number; fps: number; decoding: number; looking: number; budget: number }) {
  let clock = 0;
  let asked: Rate = { rate: 0, keyFramesOnly: false };
  const pace = new SamplingController(film.seconds, film.budget, () => clock);
  const rates: Rate[] = [];
  let looks = 0;
  let time = 0;
  while (time < film.seconds && !pace.isOver) {
    const most = asked.keyFramesOnly ? 0.5 : film.fps;
    const rate = asked.rate === 0 ? most : Math.min(most, asked.rate);
    clock += film.looking + (film.decoding * (asked.keyFramesOnly ? 0.1 : 1)) / rate;
    looks += 1;
    const slower = pace.recordFrame(time, asked);
    if (slower) rates.push((asked = slower));
    time += 1 / rate;
  }
  return { clock, looks, rates, complete: time >= film.seconds };
}

it('looks at every picture when there is time', () => {
  const { rates, looks } = goThrough({ seconds: 60, fps: 25, decoding: 50, looking: 8, budget: 60_000 });
  expect(rates).toEqual([]);
  expect(Math.abs(looks - 1500)).toBeLessThanOrEqual(1);
});

it('lowers the rate until the film is gone through in time', () => {
  const film = { seconds: 600, fps: 25, decoding: 20, looking: 20, budget: 100_000 };
  const { rates, clock, complete, looks } = goThrough(film);
  expect(complete).toBe(true);
  expect(clock).toBeLessThan(film.budget);
  expect(rates.every(({ keyFramesOnly }) => !keyFramesOnly)).toBe(true);
  // And no lower than it must: at least half of the time is used.
  expect(clock).toBeGreaterThan(film.budget / 2);
  expect(looks).toBeGreaterThan(1500);
});

it('decodes key frames alone when decoding everything would take too long', () => {
  const film = { seconds: 3600, fps: 25, decoding: 200, looking: 10, budget: 240_000 };
  const { rates, clock, complete } = goThrough(film);
  expect(rates.at(-1)).toMatchObject({ keyFramesOnly: true });
  expect(complete).toBe(true);
  expect(clock).toBeLessThan(film.budget);
});

it('ends at its time though nothing helps', () => {
  const { complete, clock } = goThrough({ seconds: 3600, fps: 25, decoding: 5000, looking: 1000, budget: 20_000 });
  expect(complete).toBe(false);
  expect(clock).toBeLessThan(40_000);
});
