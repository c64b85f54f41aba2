import type { Wait } from './host.js';
import { WaitLine } from './wait-line.js';

/** Milliseconds between two checks of a host, at least. */
export const MIN_WAIT_MS = 20;

/** A request that is to be made to a host. */
export interface HostWaiter {
  /** When it began to wait for an open circuit, in milliseconds of `performance.now()`; null while it does not. */
  waitingSince: number | null;
}

export interface HostWaitQueueOptions<Waiter extends HostWaiter> {
  /** Seconds that a waiter waits for an open circuit. */
  readonly circuitPatienceSeconds: number;
  /** Groups have a line each at every host, so that the backlog of one does not starve the others. */
  groupOf(waiter: Waiter): string;
  /** Whether the waiter goes before those whose request was never made. */
  isRetry(waiter: Waiter): boolean;
  /** Called when it is the waiter's turn: `admit` has to be called for it again, later and not from within. */
  wake(waiter: Waiter): void;
  /** Called with a waiter that has waited too long for an open circuit; it is in the queue no more. */
  expired(waiter: Waiter): void;
  /** Called when a waiter enters the queue, and when it leaves it. */
  entered(waiter: Waiter): void;
  left(waiter: Waiter): void;
}

/** The waiters for a host that must not get a request now. */
interface HostLines<Waiter> {
  readonly lines: Map<string, WaitLine<Waiter>>;
  /** Whether its circuit is open, as far as is known. */
  circuitOpen: boolean;
  timer: NodeJS.Timeout | undefined;
  checkAt: number;
}

/**
 * The per-host wait queue: requests whose hosts must not get them now, in one line a group. Only the first of a line
 * checks again, and one that is admitted wakes the next, so thousands of waiters cost no more than the slots that come
 * free. Waiters hold no slot.
 */
export class HostWaitQueue<Waiter extends HostWaiter> {
  private readonly hosts = new Map<string, HostLines<Waiter>>();

  constructor(private readonly options: HostWaitQueueOptions<Waiter>) {}

  /**
   * Returns true when the waiter may make its request now: a request in the same tick takes the slot. Otherwise the
   * waiter is in the queue and will be woken.
   * @param check as `OutboundService.waitBefore`; not called for one that has to stand behind others
   */
  admit(waiter: Waiter, hostName: string, check: () => Wait | null): boolean {
    if (this.standsBehindOthers(waiter, hostName)) return false;
    const wait = check();
    if (wait) this.park(waiter, hostName, wait);
    else this.leave(waiter, hostName);
    return wait === null;
  }

  /** Removes the waiter, if it is in the queue, and wakes the next of its line. */
  leave(waiter: Waiter, hostName: string): void {
    const line = this.remove(waiter, hostName);
    if (line) this.wakeFirst(line);
  }

  /** Removes the waiters of a group that match. */
  removeWhere(group: string, matches: (waiter: Waiter) => boolean): void {
    for (const [name, host] of this.hosts) {
      const line = host.lines.get(group);
      if (!line) continue;
      for (const waiter of line) if (matches(waiter) && line.delete(waiter)) this.options.left(waiter);
      // The woken one may be among them.
      this.scheduleCheck(host, MIN_WAIT_MS);
      this.removeWhenEmpty(group, line, name, host);
    }
  }

  private standsBehindOthers(waiter: Waiter, hostName: string): boolean {
    const host = this.hosts.get(hostName);
    const line = host?.lines.get(this.options.groupOf(waiter));
    if (!host || !line || line.woken === waiter) return false;
    if (host.circuitOpen) waiter.waitingSince ??= performance.now();
    this.enter(waiter, line);
    return true;
  }

  /** An open circuit concerns the whole line, each waiter for as long as its own patience lasts. */
  private park(waiter: Waiter, hostName: string, { reason, milliseconds }: Wait): void {
    const { host, line } = this.lineFor(waiter, hostName);
    this.enter(waiter, line);
    if (line.woken === waiter) line.woken = undefined;
    host.circuitOpen = reason === 'circuit_open';
    const soonestMs = host.circuitOpen ? this.expire(line, hostName, milliseconds) : milliseconds;
    if (this.hosts.get(hostName) === host) this.scheduleCheck(host, soonestMs);
  }

  /** Removes waiters without patience; returns the milliseconds until the next one runs out of it, or `atMostMs`. */
  private expire(line: WaitLine<Waiter>, hostName: string, atMostMs: number): number {
    let soonestMs = atMostMs;
    for (const waiter of line) {
      const leftMs = patienceLeftMs(waiter, this.options.circuitPatienceSeconds);
      if (leftMs > 0) {
        soonestMs = Math.min(soonestMs, leftMs);
      } else {
        this.remove(waiter, hostName);
        this.options.expired(waiter);
      }
    }
    return soonestMs;
  }

  private lineFor(waiter: Waiter, hostName: string): { host: HostLines<Waiter>; line: WaitLine<Waiter> } {
    const group = this.options.groupOf(waiter);
    const host = this.hosts.get(hostName) ?? noLines<Waiter>();
    const line = host.lines.get(group) ?? new WaitLine<Waiter>();
    this.hosts.set(hostName, host);
    host.lines.set(group, line);
    return { host, line };
  }

  private enter(waiter: Waiter, line: WaitLine<Waiter>): void {
    if (line.add(waiter, this.options.isRetry(waiter))) this.options.entered(waiter);
  }

  private remove(waiter: Waiter, hostName: string): WaitLine<Waiter> | undefined {
    const group = this.options.groupOf(waiter);
    const host = this.hosts.get(hostName);
    const line = host?.lines.get(group);
    if (!host || !line) return undefined;
    if (line.delete(waiter)) this.options.left(waiter);
    this.removeWhenEmpty(group, line, hostName, host);
    return line;
  }

  private scheduleCheck(host: HostLines<Waiter>, milliseconds: number): void {
    const waitMs = Math.max(MIN_WAIT_MS, milliseconds);
    const checkAt = performance.now() + waitMs;
    if (host.timer && host.checkAt <= checkAt) return;
    clearTimeout(host.timer);
    host.checkAt = checkAt;
    host.timer = setTimeout(() => {
      host.timer = undefined;
      for (const line of host.lines.values()) this.wakeFirst(line);
    }, waitMs).unref();
  }

  private wakeFirst(line: WaitLine<Waiter>): void {
    if (line.woken || !line.first) return;
    line.woken = line.first;
    this.options.wake(line.woken);
  }

  private removeWhenEmpty(group: string, line: WaitLine<Waiter>, hostName: string, host: HostLines<Waiter>): void {
    if (line.first) return;
    host.lines.delete(group);
    if (host.lines.size > 0) return;
    clearTimeout(host.timer);
    this.hosts.delete(hostName);
  }
}

/** Returns the milliseconds for which a waiter still waits for an open circuit; it begins to wait if it has not. */
export function patienceLeftMs(waiter: HostWaiter, patienceSeconds: number): number {
  waiter.waitingSince ??= performance.now();
  return waiter.waitingSince + patienceSeconds * 1000 - performance.now();
}

const noLines = <Waiter>(): HostLines<Waiter> => ({
  lines: new Map(),
  circuitOpen: false,
  timer: undefined,
  checkAt: 0,
});
