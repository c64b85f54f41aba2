import { randomUUID } from 'node:crypto';

/** Time after which a process that has not acknowledged is taken for dead. */
const TIMEOUT_MS = 1_000;

interface Wait {
  received: number;
  expected: number;
  done: () => void;
}

/** Counts the processes that have acted on an event, so that its publisher can wait for all of them. */
export class Acknowledgements {
  /** The Redis channel of the acknowledgements for this process. */
  readonly channel = `facet:acknowledgements:${randomUUID()}`;
  private readonly waits = new Map<string, Wait>();

  /**
   * Resolves once every process has acknowledged, or after a second.
   * @param send publishes the event with this acknowledgement id, and returns the number of processes that received it
   */
  async collect(send: (id: string) => Promise<number>): Promise<void> {
    const id = randomUUID();
    // Acknowledgements may arrive before Redis has returned how many there will be.
    const wait: Wait = { received: 0, expected: Infinity, done: () => undefined };
    const all = new Promise<void>((done) => {
      wait.done = done;
    });
    this.waits.set(id, wait);
    const timeout = setTimeout(wait.done, TIMEOUT_MS);
    wait.expected = await send(id);
    settle(wait);
    await all;
    clearTimeout(timeout);
    this.waits.delete(id);
  }

  /** Counts one acknowledgement. */
  receive(id: string): void {
    const wait = this.waits.get(id);
    if (!wait) return;
    wait.received += 1;
    settle(wait);
  }
}

const settle = ({ received, expected, done }: Wait): void => {
  if (received >= expected) done();
};
