import { setTimeout as sleep } from 'node:timers/promises';
import { Receipts } from './receipts.js';

/** Whether it is done after everything that was due now has run. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await sleep(0);
  return done;
}

it('waits for each of those who were sent the event, whoever answers before their number is known', async () => {
  const receipts = new Receipts();
  let receipt = '';
  const collected = receipts.collect((id) => {
    receipt = id;
    receipts.heard(id);
    return Promise.resolve(3);
  });
  expect(await isDone(collected)).toBe(false);
  receipts.heard(receipt);
  receipts.heard('another');
  expect(await isDone(collected)).toBe(false);
  receipts.heard(receipt);
  await collected;
});

it('waits for nobody when nobody was sent the event', async () => {
  await new Receipts().collect(() => Promise.resolve(0));
});

it('waits for one who is dead no longer than a second', async () => {
  await new Receipts().collect(() => Promise.resolve(1));
});

it('takes each wait by itself', async () => {
  const receipts = new Receipts();
  const asked: string[] = [];
  const send = (id: string) => Promise.resolve(asked.push(id) && 1);
  const [first, second] = [receipts.collect(send), receipts.collect(send)];
  receipts.heard(asked[1]!);
  await second;
  expect(await isDone(first)).toBe(false);
  receipts.heard(asked[0]!);
  await first;
});
