import type { OpenChunk, Row } from './row.js';

/** The rows of one upload. */
interface Lane {
  readonly uploadId: string;
  readonly owner: string;
  rows: Row[];
  inFlight: number;
  /** When it was served last. */
  turn: number;
}

/**
 * Rows that may be asked for now. The next is of the owner who has the fewest in flight, and of that owner's uploads of
 * the one with the fewest: ten rows do not wait behind a million.
 */
export class FairQueue {
  private readonly lanes = new Map<string, Lane>();
  private readonly inFlightOf = new Map<string, number>();
  private turns = 0;
  /** Rows that wait for a place. */
  waiting = 0;
  inFlight = 0;

  add(row: Row): void {
    this.laneOf(row).rows.push(row);
    this.waiting += 1;
  }

  /** Takes a row; it counts as in flight until it is given back. */
  take(): Row | undefined {
    let best: Lane | undefined;
    for (const lane of this.lanes.values())
      if (lane.rows.length > 0 && (!best || this.precedes(lane, best))) best = lane;
    const row = best?.rows.shift();
    if (!best || !row) return undefined;
    best.turn = ++this.turns;
    this.waiting -= 1;
    this.count(best, 1);
    return row;
  }

  giveBack(row: Row): void {
    const lane = this.laneOf(row);
    this.count(lane, -1);
    this.leaveWhenEmpty(lane);
  }

  /** Forgets what waits of a chunk. */
  remove(chunk: OpenChunk): void {
    const lane = this.lanes.get(chunk.work.uploadId);
    if (!lane) return;
    const kept = lane.rows.filter((row) => row.chunk !== chunk);
    this.waiting -= lane.rows.length - kept.length;
    lane.rows = kept;
    this.leaveWhenEmpty(lane);
  }

  /** Rows in flight or waiting for a place, by upload. */
  load(): Map<string, number> {
    return new Map([...this.lanes.values()].map((lane) => [lane.uploadId, lane.rows.length + lane.inFlight]));
  }

  private laneOf({ chunk: { work } }: Row): Lane {
    let lane = this.lanes.get(work.uploadId);
    if (!lane) {
      lane = { uploadId: work.uploadId, owner: work.ownerId, rows: [], inFlight: 0, turn: 0 };
      this.lanes.set(work.uploadId, lane);
    }
    return lane;
  }

  private precedes(one: Lane, other: Lane): boolean {
    const byOwner = (this.inFlightOf.get(one.owner) ?? 0) - (this.inFlightOf.get(other.owner) ?? 0);
    if (byOwner !== 0) return byOwner < 0;
    if (one.inFlight !== other.inFlight) return one.inFlight < other.inFlight;
    return one.turn < other.turn;
  }

  private count(lane: Lane, change: 1 | -1): void {
    this.inFlight += change;
    lane.inFlight += change;
    const ofOwner = (this.inFlightOf.get(lane.owner) ?? 0) + change;
    if (ofOwner > 0) this.inFlightOf.set(lane.owner, ofOwner);
    else this.inFlightOf.delete(lane.owner);
  }

  private leaveWhenEmpty(lane: Lane): void {
    if (lane.rows.length === 0 && lane.inFlight === 0) this.lanes.delete(lane.uploadId);
  }
}
