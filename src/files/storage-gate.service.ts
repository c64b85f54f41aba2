import { Injectable, Logger } from '@nestjs/common';
import type { DiskFailure } from '../platform/disk/disk-failure.js';
import { StorageProbe } from './storage-probe.service.js';

/** Milliseconds for which work waits after it has found the disk full: at first, and at most. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [2_000, 30_000];

/** Holds work back while the disk is full, so that it neither fails nor is tried again and again. */
@Injectable()
export class StorageGate {
  private readonly logger = new Logger(StorageGate.name);
  private closedUntil = 0;
  private pauseMs = FIRST_PAUSE_MS;

  constructor(private readonly probe: StorageProbe) {}

  /** Milliseconds until work may be tried again; 0 when it may now. */
  get waitMs(): number {
    return Math.max(0, this.closedUntil - performance.now());
  }

  /** Whether work may begin. */
  async isOpen(): Promise<boolean> {
    return this.waitMs === 0 && (await this.probe.state()).trouble === null;
  }

  /**
   * Is told that work met a full disk, after the work's own files were removed.
   * @returns whether the disk is short of room without them: then the work waits, else it needs more than there is
   */
  async closeAfter({ message }: DiskFailure): Promise<boolean> {
    if (await this.probe.hasRoomForWork()) return false;
    if (this.waitMs === 0) {
      this.closedUntil = performance.now() + this.pauseMs;
      this.logger.warn(
        `The disk takes no more (${message}); work waits and is tried again in ${this.pauseMs / 1000} s`,
      );
      this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_PAUSE_MS);
    }
    return true;
  }

  /** Is told that work has been done. */
  open(): void {
    this.pauseMs = FIRST_PAUSE_MS;
  }
}
