import { Semaphore, type SemaphoreLimits } from './semaphore.js';

let semaphore: Semaphore;
let started: string[];
let ends: Map<string, () => void>;

function build(limits: SemaphoreLimits): void {
  semaphore = new Semaphore({ refuse: (limit) => new Error(`refused at ${limit}`), ...limits });
  started = [];
  ends = new Map();
}

/** Starts work that runs until it is ended; its name begins with the letter that is its key. */
function begin(name: string): Promise<string> {
  const done = semaphore.run(name.slice(0, 1), async () => {
    started.push(name);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    return name;
  });
  // Some of it is refused on purpose, and looked at later.
  done.catch(() => undefined);
  return done;
}

const settled = () => new Promise((resolve) => void setImmediate(resolve));

async function end(...names: string[]): Promise<void> {
  await settled();
  for (const name of names) {
    ends.get(name)?.();
    await settled();
  }
}

afterEach(() => {
  jest.useRealTimers();
});

it('runs as much at once as it has permits, the rest in the order in which it came, and returns its results', async () => {
  build({ permits: 2 });
  const works = ['a1', 'a2', 'a3', 'a4', 'a5'].map(begin);
  await settled();
  expect(started).toEqual(['a1', 'a2']);
  await end('a2');
  expect(started).toEqual(['a1', 'a2', 'a3']);
  await end('a1', 'a3', 'a4', 'a5');
  expect(await Promise.all(works)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  expect(started).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
});

it('refuses what would have to wait behind too many, and only that', async () => {
  build({ permits: 1, maxWaiting: 1 });
  const running = begin('a1');
  const waiting = begin('b1');
  await expect(begin('c1')).rejects.toThrow('refused at 1');
  await end('a1', 'b1');
  expect([await running, await waiting]).toEqual(['a1', 'b1']);
  void begin('c2');
  await settled();
  expect(started).toEqual(['a1', 'b1', 'c2']);
});

it('passes the permit on when work fails, and keeps it while no work waits', async () => {
  build({ permits: 1 });
  for (let time = 0; time < 3; time++) {
    await expect(semaphore.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  }
  const failing = semaphore.run('a', () => Promise.reject(new Error('broken')));
  const next = begin('a1');
  await expect(failing).rejects.toThrow('broken');
  await settled();
  await end('a1');
  expect(await next).toBe('a1');
});

it('has keys take turns, each in the order in which its work came', async () => {
  build({ permits: 2 });
  for (const name of ['b1', 'b2', 'b3', 'b4', 'b5', 'a1', 'a2']) void begin(name);
  await end('b1', 'b2', 'a1', 'b3', 'a2', 'b4', 'b5');
  expect(started).toEqual(['b1', 'b2', 'a1', 'b3', 'a2', 'b4', 'b5']);
});

it('has keys take turns with a single permit', async () => {
  build({ permits: 1 });
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) void begin(name);
  await end('a1', 'a2', 'b1', 'c1', 'a3', 'b2');
  expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
});

it('grants one key its share, and all permits to several', async () => {
  build({ permits: 5, permitsPerKey: 3, maxWaiting: 0 });
  for (const name of ['a1', 'a2', 'a3']) void begin(name);
  await expect(begin('a4')).rejects.toThrow('refused at 3');
  for (const name of ['b1', 'c1']) void begin(name);
  await expect(begin('b2')).rejects.toThrow('refused at 5');
  await end('a2');
  void begin('b3');
  await settled();
  await expect(begin('a5')).rejects.toThrow('refused at 5');
  expect(started).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'b3']);
});

it('does not let a key that has its share stand in the way of others', async () => {
  build({ permits: 3, permitsPerKey: 2 });
  for (const name of ['a1', 'a2', 'a3', 'b1']) void begin(name);
  await settled();
  expect(started).toEqual(['a1', 'a2', 'b1']);
  await end('b1');
  expect(started).toEqual(['a1', 'a2', 'b1']);
  await end('a1');
  expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
});

it('refuses what has waited too long, and grants its turn to the next', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  build({ permits: 1, timeoutMs: 1_000 });
  void begin('a1');
  const late = begin('b1');
  jest.advanceTimersByTime(900);
  const next = begin('b2');
  jest.advanceTimersByTime(101);
  await expect(late).rejects.toThrow('refused at 1');
  await settled();
  await end('a1', 'b2');
  expect(await next).toBe('b2');
  expect(started).toEqual(['a1', 'b2']);
  jest.advanceTimersByTime(10_000);
  void begin('c1');
  await settled();
  expect(started).toEqual(['a1', 'b2', 'c1']);
});

it('takes a permit back once, however often it is returned', async () => {
  build({ permits: 1 });
  const release = await semaphore.acquire('a');
  release();
  release();
  for (const name of ['a1', 'a2']) void begin(name);
  await settled();
  expect(started).toEqual(['a1']);
});

it('holds nothing of keys that have gone', async () => {
  build({ permits: 2, maxWaiting: 1 });
  for (let key = 0; key < 1_000; key++) await semaphore.run(`key ${key}`, () => Promise.resolve());
  void begin('a1');
  void begin('b1');
  void begin('c1');
  await expect(begin('d1')).rejects.toThrow();
  await end('a1', 'b1', 'c1');
  expect(Object.values(semaphore).filter((value) => value instanceof Map && value.size > 0)).toEqual([]);
});
