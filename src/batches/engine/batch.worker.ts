import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { WorkerLease } from '../../jobs/workers/worker-lease.service.js';
import { poolOf } from '../../platform/database/pool.js';
import { EventsService } from '../../platform/events/events.service.js';
import { OutboundService } from '../../platform/outbound/outbound.service.js';
import { BATCH_EVENTS } from '../batches.events.js';
import { ResultCacheService } from '../cache/result-cache.service.js';
import { Executors } from '../executors/executors.js';
import { answered, Attempts, failed } from './attempts.js';
import { CallNotes } from './call-notes.js';
import { Pace } from './pace.js';
import { ChunkSource, type Taken } from './chunk-source.js';
import { Completions } from './completions.js';
import { BatchDoorbell } from './doorbell.service.js';
import type { Finished, Written } from './finish.queries.js';
import { HeldChunks } from './held-chunks.js';
import { type LeasedChunk, leasedChunks, releaseChunks } from './lease.queries.js';
import { missingRows } from './missing-rows.queries.js';
import { type Ending, missingRow, type OpenChunk, type Row } from './row.js';
import { RowEngine } from './row-engine.js';

/** Seconds of work that are held ready, so that no place is empty while the next chunk is fetched. */
const AHEAD = 0.2;

/** Rows that are held ready for each place at most; and at least, while little is known. */
const READY_FOR_A_PLACE = { most: 48, least: 0.25 };

/** Rows that are held ready at most, since no more results than that are remembered for those with the same URL. */
const MOST_READY = 4_000;

/** Share of what is held ready that is used up before more is taken: one statement then takes several chunks. */
const USED_UP = 0.5;

/** A worker's whole dealing with chunks: takes them while it has room, brings their rows to an end, gives them back. */
@Injectable()
export class BatchWorker {
  private readonly logger = new Logger(BatchWorker.name);
  private readonly pool: Pool;
  private readonly completions: Completions;
  private readonly engine: RowEngine;
  private readonly held = new HeldChunks((chunk) => void this.giveBack([chunk]));
  private readonly pace = new Pace();
  private readonly waitingForRoom = new Set<() => void>();
  private stopping = false;
  private taking = false;
  /** An answer was lost: PostgreSQL may know of chunks of ours that we know nothing of. */
  private unsure = false;

  constructor(
    private readonly environment: Environment,
    @InjectDataSource() database: DataSource,
    cache: ResultCacheService,
    private readonly doorbell: BatchDoorbell,
    private readonly events: EventsService,
    private readonly lease: WorkerLease,
    private readonly source: ChunkSource,
    executors: Executors,
    outbound: OutboundService,
  ) {
    this.pool = poolOf(database);
    const workerId = () => lease.workerId;
    this.completions = new Completions(this.pool, workerId, (finished, what) => {
      this.settle(finished, what);
    });
    this.engine = new RowEngine({
      concurrency: environment.BATCH_CONCURRENCY,
      circuitPatienceSeconds: outbound.circuitPatienceSeconds,
      attempts: new Attempts(outbound, new CallNotes(this.pool, workerId)),
      cache,
      executorOf: ({ chunk }) => executors.of(chunk.work.analyzer),
      mayAsk: () => this.mayAsk,
      ended: (row, ending) => {
        this.end(row, ending);
      },
      landed: (chunk) => {
        this.held.look(chunk);
      },
      filled: () => {
        if (this.engine.inFlight === 0) this.completions.hurry();
        this.relieve();
        this.lookForRoom();
      },
    });
  }

  get batchIds(): string[] {
    return this.held.batchIds;
  }

  /** Resolves when there is room for another chunk, or when the worker stops. */
  async room(): Promise<void> {
    if (this.hasRoom || this.stopping) return;
    await new Promise<void>((resolve) => this.waitingForRoom.add(resolve));
  }

  /** Takes chunks for the room there is; false when nothing waits, or nothing may be taken. */
  async take(): Promise<boolean> {
    const { workerId } = this.lease;
    if (workerId === null || this.taking || !this.hasRoom) return false;
    this.taking = true;
    try {
      const load = { rows: this.engine.load, excluded: this.engine.excludedUploads };
      const wanted = this.wantedRows - this.engine.ready;
      if (this.engine.inFlight === 0) this.pace.begin();
      const taken = await this.source.take(workerId, load, wanted);
      if (workerId === this.lease.workerId) for (const one of taken) this.open(one);
      this.engine.pump();
      return taken.length > 0;
    } catch (error) {
      this.unsure = true;
      throw error;
    } finally {
      this.taking = false;
    }
  }

  /** Gives back what PostgreSQL says this worker holds and it knows nothing of. */
  async reconcile(): Promise<void> {
    const { workerId } = this.lease;
    if (!this.unsure || this.taking || workerId === null) return;
    // Nothing may be taken meanwhile.
    this.taking = true;
    try {
      const leased = await leasedChunks(this.pool, workerId);
      this.unsure = false;
      await this.giveBack(leased.filter((chunk) => !this.held.has(chunk)));
    } finally {
      this.taking = false;
    }
  }

  /** Goes on after a pause that was not the owner's: the lease was not sure, PostgreSQL was behind. */
  resume(): void {
    this.engine.pump();
  }

  /** Asks for no more rows of a batch or upload and gives its chunks back once those in flight have ended. */
  close(id: string): void {
    for (const chunk of this.held.of(id)) this.closeChunk(chunk);
    this.resume();
  }

  /** Breaks off what is asked for a batch or upload that nobody wants any more. */
  drop(id: string): void {
    for (const chunk of this.held.of(id)) this.abandon(chunk);
    this.resume();
  }

  /** The lease ran out and others may have the chunks: all of it is forgotten. */
  forgetAll(): void {
    for (const chunk of this.held.forgetAll()) {
      chunk.drop();
      this.engine.remove(chunk);
    }
  }

  /** Asks for nothing more; resolves when nothing is in flight and all that has ended is written. */
  async stop(grace: Promise<unknown>): Promise<void> {
    this.stopping = true;
    this.lookForRoom();
    const landed = this.allLanded();
    await Promise.race([landed, grace]);
    for (const chunk of this.held.all) chunk.drop();
    await landed;
    await this.completions.drain();
  }

  private get mayAsk(): boolean {
    return !this.stopping && this.lease.isSure && !this.completions.full;
  }

  /** Few when rows take long: what lies here could be done by others. */
  private get wantedRows(): number {
    const { BATCH_CONCURRENCY: places } = this.environment;
    const { most, least } = READY_FOR_A_PLACE;
    return Math.ceil(Math.min(MOST_READY, places * most, Math.max(places * least, this.pace.perSecond * AHEAD)));
  }

  private get hasRoom(): boolean {
    if (!this.mayAsk) return false;
    const wanted = this.wantedRows;
    // One for each place is there to the end: rows that take equally long come back all at once.
    return this.engine.ready < Math.max(wanted * USED_UP, Math.min(wanted, this.environment.BATCH_CONCURRENCY));
  }

  private open({ chunk, rows, known }: Taken): void {
    this.held.add(chunk);
    if (rows.length === 0) void this.endMissing(chunk);
    for (const row of rows) {
      const result = row.key === null ? undefined : known.get(row.key);
      if (result === undefined) this.engine.add(row);
      else this.end(row, answered(row, result));
    }
  }

  /** A chunk without an open row would never be done: those that it should have are failed. */
  private async endMissing(chunk: OpenChunk): Promise<void> {
    try {
      const missing = await missingRows(this.pool, chunk);
      this.logger.error(
        `Chunk ${chunk.number} of batch ${chunk.batchId} has no open row; ${missing.length} are missing`,
      );
      chunk.left = missing.length;
      for (const rowNumber of missing) {
        const row = missingRow(chunk, rowNumber);
        this.end(row, failed(row, { class: 'analysis_failed', message: 'The row is missing.' }, 0));
      }
    } catch (error) {
      this.logger.warn(`A chunk without an open row is given back: ${String(error)}`);
      this.closeChunk(chunk);
    }
  }

  private end(row: Row, ending: Ending): void {
    this.pace.add(1);
    row.chunk.left -= 1;
    row.chunk.unsaved += 1;
    this.completions.add({ row, ending });
  }

  /** Rows that have to wait too long take up memory: some are left to others, or to later. */
  private relieve(): void {
    for (let chunk = this.engine.surplus; chunk; chunk = this.engine.surplus) this.closeChunk(chunk);
  }

  private closeChunk(chunk: OpenChunk): void {
    if (chunk.keeping === 'open') chunk.keeping = 'closing';
    this.engine.remove(chunk);
    this.held.look(chunk);
  }

  private abandon(chunk: OpenChunk): void {
    chunk.drop();
    this.engine.remove(chunk);
    this.held.look(chunk);
  }

  private settle(finished: readonly Finished[], { advanced, welcome }: Written): void {
    for (const { row } of finished) {
      row.stored = true;
      row.chunk.unsaved -= 1;
    }
    for (const chunk of new Set(finished.map(({ row }) => row.chunk))) {
      if (welcome.has(chunk)) this.held.look(chunk);
      else this.abandon(chunk);
    }
    for (const { id, upload_id, status } of advanced) {
      const type = status === 'completed' || status === 'failed' ? BATCH_EVENTS[status] : BATCH_EVENTS.progress;
      this.events.publish({ type, id });
      this.events.publish({ type: BATCH_EVENTS.progress, id: upload_id });
    }
    this.resume();
  }

  /** Its owner may have resumed it meanwhile. */
  private async giveBack(chunks: readonly LeasedChunk[]): Promise<void> {
    const { workerId } = this.lease;
    if (workerId === null || chunks.length === 0) return;
    try {
      await releaseChunks(this.pool, workerId, chunks);
      await this.doorbell.ring();
    } catch (error) {
      this.unsure = true;
      this.logger.warn(`Chunks were not given back and will be: ${String(error)}`);
    }
  }

  private lookForRoom(): void {
    if (this.waitingForRoom.size === 0 || (!this.hasRoom && !this.stopping)) return;
    for (const resolve of this.waitingForRoom) resolve();
    this.waitingForRoom.clear();
  }

  private async allLanded(): Promise<void> {
    while (this.engine.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 20).unref());
  }
}
