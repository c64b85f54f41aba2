import type { Wait } from './host.js';
import { type HostWaiter, HostWaitQueue } from './host-wait-queue.js';

interface Request extends HostWaiter {
  readonly name: string;
  readonly group: string;
  readonly isRetry: boolean;
}

const BUSY: Wait = { reason: 'busy', milliseconds: 20 };

let wait: Wait | null;
let checks: string[];
let admitted: string[];
let expired: string[];
let inQueue: Set<string>;
let woken: Request[];
let queue: HostWaitQueue<Request>;

beforeEach(() => {
  jest.useFakeTimers();
  wait = BUSY;
  checks = [];
  admitted = [];
  expired = [];
  inQueue = new Set();
  woken = [];
  queue = new HostWaitQueue<Request>({
    circuitPatienceSeconds: 1,
    groupOf: ({ group }) => group,
    isRetry: ({ isRetry }) => isRetry,
    wake: (one) => woken.push(one),
    expired: ({ name }) => expired.push(name),
    entered: ({ name }) => inQueue.add(name),
    left: ({ name }) => inQueue.delete(name),
  });
});

afterEach(() => {
  jest.useRealTimers();
});

const request = (name: string, group = 'a', isRetry = false): Request => ({ name, group, isRetry, waitingSince: null });

function admit(one: Request): boolean {
  const isAdmitted = queue.admit(one, 'host', () => {
    checks.push(one.name);
    return wait;
  });
  if (isAdmitted) admitted.push(one.name);
  return isAdmitted;
}

/** Lets the time pass, and those that are woken meanwhile ask again. */
function pass(milliseconds: number): void {
  for (let passed = 0; passed < milliseconds; passed += 10) {
    jest.advanceTimersByTime(10);
    for (let one = woken.shift(); one; one = woken.shift()) admit(one);
  }
}

it('admits at once while the host is free', () => {
  wait = null;
  expect(admit(request('one'))).toBe(true);
  expect(inQueue.size).toBe(0);
});

it('checks the first of each line alone, and admits all in their order once the host is free', () => {
  const names = Array.from({ length: 1000 }, (_one, index) => `a${index}`);
  for (const name of names) admit(request(name));
  admit(request('b0', 'b'));
  pass(100);
  expect(checks.length).toBeLessThan(15);
  expect(new Set(checks)).toEqual(new Set(['a0', 'b0']));
  expect(inQueue.size).toBe(1001);

  wait = null;
  pass(20);
  expect(admitted.filter((name) => name !== 'b0')).toEqual(names);
  expect(admitted).toContain('b0');
  expect(inQueue.size).toBe(0);
});

it('lets retries go first', () => {
  for (const one of [request('first'), request('second'), request('retry', 'a', true)]) admit(one);
  wait = null;
  pass(20);
  expect(admitted).toEqual(['retry', 'first', 'second']);
});

it('gives up those that have waited too long for an open circuit, each by its own patience', () => {
  wait = { reason: 'circuit_open', milliseconds: 300 };
  admit(request('early'));
  pass(600);
  admit(request('late'));
  expect(expired).toEqual([]);
  pass(410);
  expect(expired).toEqual(['early']);
  pass(600);
  expect(expired).toEqual(['early', 'late']);
  expect(inQueue.size).toBe(0);
  expect(jest.getTimerCount()).toBe(0);
});

it('wakes another when the woken ones are removed, and forgets a host without waiters', () => {
  for (const one of [request('gone'), request('stays')]) admit(one);
  queue.removeWhere('a', ({ name }) => name === 'gone');
  expect([...inQueue]).toEqual(['stays']);
  wait = null;
  pass(20);
  expect(admitted).toEqual(['stays']);
  expect(jest.getTimerCount()).toBe(0);
});

it('wakes the next when one leaves without a request', () => {
  const [first, second] = [request('first'), request('second')];
  admit(first);
  admit(second);
  wait = null;
  queue.leave(first, 'host');
  pass(10);
  expect(admitted).toEqual(['second']);
});
