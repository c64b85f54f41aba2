import { CongestionWindow } from './congestion-window.js';

let window: CongestionWindow;

beforeEach(() => {
  window = new CongestionWindow();
});

/** Requests that it lets begin at once. */
function places(): number {
  let inFlight = 0;
  while (inFlight < 1000 && !window.isFull(inFlight)) inFlight += 1;
  return inFlight;
}

/** So many are in flight, and come back one after the other. */
function round(inFlight: number, refused: number): void {
  for (let left = inFlight; left > 0; left -= 1) {
    if (left > inFlight - refused) window.refused(left);
    else window.answered(left);
  }
}

it('sets no bounds to a host that never refuses', () => {
  round(64, 0);
  expect(places()).toBe(1000);
});

it('halves what is all refused, and takes away less when little is', () => {
  round(64, 64);
  expect(places()).toBe(32);
  round(32, 4);
  expect(places()).toBe(30);
});

it('leaves one place, and adds about one a round of answers', () => {
  for (let time = 0; time < 10; time += 1) round(places(), places());
  expect(places()).toBe(1);
  for (let time = 0; time < 10; time += 1) {
    const all = places();
    for (let answers = 0; answers < all; answers += 1) window.answered(all);
  }
  expect(places()).toBeGreaterThanOrEqual(8);
  expect(places()).toBeLessThanOrEqual(11);
});

it('does not grow while it is not used up', () => {
  round(16, 16);
  for (let time = 0; time < 100; time += 1) window.answered(3);
  expect(places()).toBe(8);
});
