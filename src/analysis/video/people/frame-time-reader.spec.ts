import { FrameTimeReader } from './frame-time-reader.js';

const line = (time: string) => `frame:3    pts:25600   pts_time:${time}`;

it('gives times in their order, whether they were printed before or are yet to be', async () => {
  const times = new FrameTimeReader();
  times.read(line('0'));
  times.read('facet=1');
  times.read(line('0.04'));
  expect([await times.next(), await times.next()]).toEqual([0, 0.04]);
  const next = times.next();
  times.read(line('2.5'));
  times.read(line('2.54'));
  expect([await next, await times.next()]).toEqual([2.5, 2.54]);
});

it('gives a picture without a time that of the one before it, and none below 0', async () => {
  const times = new FrameTimeReader();
  for (const time of ['-0.02', '1.5', 'NOPTS', '2']) times.read(line(time));
  expect([await times.next(), await times.next(), await times.next(), await times.next()]).toEqual([0, 1.5, 1.5, 2]);
});
