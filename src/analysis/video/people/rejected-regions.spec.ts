import { RejectedRegions } from './rejected-regions.js';

const box = { x: 100, y: 100, width: 50, height: 60 };

it('leaves a place alone for a while, and what is there with it', () => {
  const refused = new RejectedRegions();
  refused.add(box, 10);
  expect(refused.has(box, 10.2)).toBe(true);
  expect(refused.has({ ...box, x: 108 }, 10.2)).toBe(true);
  expect(refused.has({ ...box, x: 140 }, 10.2)).toBe(false);
  expect(refused.has(box, 10.4)).toBe(false);
});
