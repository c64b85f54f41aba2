import { setTimeout as sleep } from 'node:timers/promises';
import { ServerDidNotStart } from './embedded.errors.js';
import type { Log } from './log.js';
import { isRunning } from './process-identity.js';
import { ServerChild } from './server-child.js';
import type { Remedy, ServerPlan } from './server-plan.js';

/** A crashed server reads its journal again: it is left to it for as long as it runs, within reason. */
const READY_WITHIN_MS = 10 * 60_000;
const TELL_EVERY_MS = 10_000;

/** Starts a server and returns it when it is ready; throws `ServerDidNotStart` with nothing left running. */
export async function startServer(
  plan: ServerPlan,
  port: number,
  log: Log,
  stopping: AbortSignal,
): Promise<ServerChild> {
  const begun = performance.now();
  await plan.tidy();
  const child = await ServerChild.start(plan.launch(port), { ...plan, log });
  try {
    await untilReady(child, plan, port, log, stopping);
  } catch (error) {
    await child.end();
    throw error;
  }
  const milliseconds = Math.round(performance.now() - begun);
  log(`${plan.name} is ready`, { port, server_pid: child.identity.pid, milliseconds });
  return child;
}

/** What is known to help after this failure. */
export function remedyFor(error: unknown, plan: ServerPlan): Remedy | undefined {
  if (!(error instanceof ServerDidNotStart)) return undefined;
  return plan.remedies.find(([pattern]) => pattern.test(error.output))?.[1];
}

async function untilReady(child: ServerChild, plan: ServerPlan, port: number, log: Log, stopping: AbortSignal) {
  const { name, output } = plan;
  const { pid } = child.identity;
  const begun = performance.now();
  let told = begun;
  while (!(await plan.isReady(port, pid))) {
    stopping.throwIfAborted();
    if (!(await isRunning(child.identity))) throw new ServerDidNotStart(name, 'did not start', await output.tail());
    const now = performance.now();
    if (now - begun > READY_WITHIN_MS) throw new ServerDidNotStart(name, 'does not answer', await output.tail());
    if (now - told > TELL_EVERY_MS) {
      told = now;
      log(`${name} is still starting`, { server_pid: pid, seconds: Math.round((now - begun) / 1000) });
    }
    await sleep(20);
  }
}
