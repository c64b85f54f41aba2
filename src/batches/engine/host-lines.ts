import type { Crowd } from './crowd.js';
import { Line } from './line.js';
import type { OpenChunk, Row } from './row.js';

/** Milliseconds between two looks at a host, at least. */
const SHORTEST_WAIT = 20;

/** A host that cannot be asked now, and who waits for it, by upload. */
interface WaitedFor {
  readonly lines: Map<string, Line>;
  /** Its circuit is open, as far as is known. */
  closed: boolean;
  timer: NodeJS.Timeout | undefined;
  looksAt: number;
}

/**
 * Rows whose hosts cannot be asked now, each upload in a line of its own. Only the first of a line asks again, and who
 * may go calls the next: thousands that wait cost no more than the places that come free. They hold no place.
 */
export class HostLines {
  private readonly hosts = new Map<string, WaitedFor>();

  /** @param call hears of a row that is to ask whether it may go now. */
  constructor(
    private readonly crowd: Crowd,
    private readonly call: (row: Row) => void,
  ) {}

  /** True when others of its upload were there before it: it stands behind them. */
  queueUp(row: Row, name: string): boolean {
    const host = this.hosts.get(name);
    const line = host?.lines.get(row.chunk.work.uploadId);
    if (!host || !line || line.called === row) return false;
    if (host.closed) row.waitingSince ??= performance.now();
    this.enter(row, line);
    return true;
  }

  /** The row may not go. Its line waits once it is told for how long, by `hold`. */
  stay(row: Row, name: string): void {
    const { uploadId } = row.chunk.work;
    const host = this.hosts.get(name) ?? nobodyAt();
    const line = host.lines.get(uploadId) ?? new Line();
    this.hosts.set(name, host);
    host.lines.set(uploadId, line);
    this.enter(row, line);
    if (line.called === row) line.called = undefined;
  }

  /** All who stand in the row's line. */
  of(row: Row, name: string): Iterable<Row> {
    return this.hosts.get(name)?.lines.get(row.chunk.work.uploadId) ?? [];
  }

  /** @param closed whether it is for its circuit that it is not asked. */
  hold(name: string, milliseconds: number, closed: boolean): void {
    const host = this.hosts.get(name);
    if (!host) return;
    host.closed = closed;
    this.look(host, milliseconds);
  }

  /** The row waits no more, if it did; answers the line that it stood in. */
  leave(row: Row, name: string): Line | undefined {
    const { uploadId } = row.chunk.work;
    const host = this.hosts.get(name);
    const line = host?.lines.get(uploadId);
    if (!host || !line) return undefined;
    if (line.delete(row)) this.crowd.leave(row);
    this.closeWhenEmpty(uploadId, line, name, host);
    return line;
  }

  /** The row waits no more, if it did, and the next of its line may ask. */
  pass(row: Row, name: string): void {
    const line = this.leave(row, name);
    if (line) this.callFirst(line);
  }

  remove(chunk: OpenChunk): void {
    const { uploadId } = chunk.work;
    for (const [name, host] of this.hosts) {
      const line = host.lines.get(uploadId);
      if (!line) continue;
      for (const row of line) if (row.chunk === chunk && line.delete(row)) this.crowd.leave(row);
      // Whoever was called may be among them.
      this.look(host, SHORTEST_WAIT);
      this.closeWhenEmpty(uploadId, line, name, host);
    }
  }

  private enter(row: Row, line: Line): void {
    if (line.add(row)) this.crowd.enter(row);
  }

  private look(host: WaitedFor, milliseconds: number): void {
    const wait = Math.max(SHORTEST_WAIT, milliseconds);
    const at = performance.now() + wait;
    if (host.timer && host.looksAt <= at) return;
    clearTimeout(host.timer);
    host.looksAt = at;
    host.timer = setTimeout(() => {
      host.timer = undefined;
      for (const line of host.lines.values()) this.callFirst(line);
    }, wait).unref();
  }

  private callFirst(line: Line): void {
    if (line.called || !line.first) return;
    line.called = line.first;
    this.call(line.called);
  }

  private closeWhenEmpty(uploadId: string, line: Line, name: string, host: WaitedFor): void {
    if (line.first) return;
    host.lines.delete(uploadId);
    if (host.lines.size > 0) return;
    clearTimeout(host.timer);
    this.hosts.delete(name);
  }
}

const nobodyAt = (): WaitedFor => ({ lines: new Map(), closed: false, timer: undefined, looksAt: 0 });
