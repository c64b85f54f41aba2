import { randomUUID } from 'node:crypto';

/** Milliseconds after which a process that has not answered is taken for dead. */
const PATIENCE = 1_000;

interface Wait {
  heard: number;
  expected: number;
  done: () => void;
}

/** Counts who has acted on an event, for whoever must not go on before all have. */
export class Receipts {
  /** Where receipts for this process are sent to. */
  readonly channel = `facet:receipts:${randomUUID()}`;
  private readonly waits = new Map<string, Wait>();

  /** @param send sends the event that asks for this receipt, and answers how many were sent it */
  async collect(send: (receipt: string) => Promise<number>): Promise<void> {
    const receipt = randomUUID();
    // Receipts may be here before Redis has said how many there will be.
    const wait: Wait = { heard: 0, expected: Infinity, done: () => undefined };
    const all = new Promise<void>((done) => {
      wait.done = done;
    });
    this.waits.set(receipt, wait);
    const patience = setTimeout(wait.done, PATIENCE);
    wait.expected = await send(receipt);
    settle(wait);
    await all;
    clearTimeout(patience);
    this.waits.delete(receipt);
  }

  heard(receipt: string): void {
    const wait = this.waits.get(receipt);
    if (!wait) return;
    wait.heard += 1;
    settle(wait);
  }
}

const settle = ({ heard, expected, done }: Wait): void => {
  if (heard >= expected) done();
};
