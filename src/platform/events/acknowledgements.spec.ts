import { setTimeout as sleep } from 'node:timers/promises';
import { Acknowledgements } from './acknowledgements.js';

/** Whether it is done after everything that was due now has run. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await sleep(0);
  return done;
}

it('waits for every process that received the event, also when one acknowledges before their number is known', async () => {
  const acknowledgements = new Acknowledgements();
  let acknowledgement = '';
  const collected = acknowledgements.collect((id) => {
    acknowledgement = id;
    acknowledgements.receive(id);
    return Promise.resolve(3);
  });
  expect(await isDone(collected)).toBe(false);
  acknowledgements.receive(acknowledgement);
  acknowledgements.receive('another');
  expect(await isDone(collected)).toBe(false);
  acknowledgements.receive(acknowledgement);
  await collected;
});

it('does not wait when no process received the event', async () => {
  await new Acknowledgements().collect(() => Promise.resolve(0));
});

it('waits at most a second for a dead process', async () => {
  await new Acknowledgements().collect(() => Promise.resolve(1));
});

it('keeps waits for different events apart', async () => {
  const acknowledgements = new Acknowledgements();
  const asked: string[] = [];
  const send = (id: string) => Promise.resolve(asked.push(id) && 1);
  const [first, second] = [acknowledgements.collect(send), acknowledgements.collect(send)];
  acknowledgements.receive(asked[1]!);
  await second;
  expect(await isDone(first)).toBe(false);
  acknowledgements.receive(asked[0]!);
  await first;
});
