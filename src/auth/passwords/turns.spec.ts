import { Turns } from './turns.js';

const refusal = () => new Error('full');

/** Work that ends when it is told to. */
function work() {
  let end: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (end = resolve));
  return {
    run: () => promise,
    end: () => {
      end();
    },
  };
}

it('lets so many run at once, the others in the order in which they came', async () => {
  const turns = new Turns(2, 10, refusal);
  const started: number[] = [];
  const works = Array.from({ length: 5 }, work);
  const done = works.map(({ run }, index) =>
    turns.take(() => {
      started.push(index);
      return run();
    }),
  );
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  works[1]!.end();
  await done[1];
  expect(started).toEqual([0, 1, 2]);
  for (const { end } of works) end();
  await Promise.all(done);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});

it('refuses who would have to wait behind too many', async () => {
  const turns = new Turns(1, 1, refusal);
  const first = work();
  const running = turns.take(first.run);
  const waiting = turns.take(() => Promise.resolve('waited'));
  await expect(turns.take(() => Promise.resolve())).rejects.toThrow('full');
  first.end();
  await running;
  expect(await waiting).toBe('waited');
  expect(await turns.take(() => Promise.resolve('free'))).toBe('free');
});

it('passes the turn on when work fails', async () => {
  const turns = new Turns(1, 1, refusal);
  const failing = turns.take(() => Promise.reject(new Error('broken')));
  const next = turns.take(() => Promise.resolve('next'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('next');
});
