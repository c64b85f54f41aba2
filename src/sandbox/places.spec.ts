import { Environment } from '../platform/config/environment.js';
import { Places } from './places.js';

let places: Places;
let running: string[];
let ends: Map<string, () => void>;

beforeEach(() => {
  places = new Places(Object.assign(new Environment(), { MAX_WORKERS: 2 }));
  running = [];
  ends = new Map();
});

/** Work that is under way until it is ended. */
function begin(kind: 'analysis' | 'batch', name: string): Promise<string> {
  return places.during(kind, async () => {
    running.push(name);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    return name;
  });
}

async function end(name: string): Promise<void> {
  ends.get(name)?.();
  await new Promise(setImmediate);
}

it('lets so many work at once, whatever their kind, and gives back what they give', async () => {
  const first = begin('analysis', 'a1');
  void begin('batch', 'b1');
  void begin('analysis', 'a2');
  await new Promise(setImmediate);
  expect(running).toEqual(['a1', 'b1']);

  await end('a1');

  expect(running).toEqual(['a1', 'b1', 'a2']);
  expect(await first).toBe('a1');
});

it('has the kinds take turns, each in the order in which it came', async () => {
  for (const name of ['b1', 'b2', 'b3', 'b4', 'b5']) void begin('batch', name);
  for (const name of ['a1', 'a2']) void begin('analysis', name);

  for (const name of ['b1', 'b2', 'a1', 'b3', 'a2', 'b4', 'b5']) await end(name);

  expect(running).toEqual(['b1', 'b2', 'a1', 'b3', 'a2', 'b4', 'b5']);
});

it('passes the place on after a failure, and keeps it when nobody waits', async () => {
  const fails = () => Promise.reject(new Error('no'));
  for (let time = 0; time < 3; time += 1) await expect(places.during('batch', fails)).rejects.toThrow('no');
  for (const name of ['b1', 'b2', 'b3']) void begin('batch', name);
  await new Promise(setImmediate);
  expect(running).toEqual(['b1', 'b2']);
});
