import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { secondsOf } from './figures.js';

/** Milliseconds between two requests for `/health/live`. */
const PAUSE_MS = 10;

/** Returns the milliseconds that 99 % of the answers of `/health/live` took at most until the flood was over. */
export async function liveUnder(flood: PromiseLike<unknown>, url: string): Promise<number> {
  const server = new Client(url);
  const state = { isOver: false };
  const end = () => {
    state.isOver = true;
  };
  flood.then(end, end);
  const times: number[] = [];
  while (!state.isOver) {
    const look = async () => (await server.request({ method: 'GET', path: '/health/live' })).body.dump();
    times.push((await secondsOf(look)) * 1000);
    await delay(PAUSE_MS);
  }
  await server.close();
  times.sort((one, other) => one - other);
  return Math.ceil(times[Math.ceil(times.length * 0.99) - 1]!);
}
