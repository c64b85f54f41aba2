/** One stored piece of a stream: a frame or a bit of sound. Times in seconds from the start of the file. */
export interface Packet {
  readonly stream: number;
  readonly time: number | null;
  readonly duration: number | null;
  readonly bytes: number;
  /** Whether it can be decoded without the pieces before it. */
  readonly key: boolean;
}

/** Seconds; a piece that lies further from the one before it carries a damaged time, and so does one as long. */
const MAX_GAP_SECONDS = 3600;

/** What the pieces of one stream add up to. */
export class StreamStatistics {
  packets = 0;
  bytes = 0;
  private timed = 0;
  private first = 0;
  private last = 0;
  private lastDuration: number | null = null;

  /** Returns whether the time of the piece can be believed. */
  addPacket({ time, duration, bytes }: Packet): boolean {
    this.packets += 1;
    this.bytes += bytes;
    if (time === null || Math.abs(time - this.last) > MAX_GAP_SECONDS) return false;
    if (this.timed === 0 || time >= this.last) {
      this.last = time;
      this.lastDuration = duration !== null && duration > 0 && duration <= MAX_GAP_SECONDS ? duration : null;
    }
    this.first = this.timed === 0 ? time : Math.min(this.first, time);
    this.timed += 1;
    return true;
  }

  /** Seconds from the start of the file to the end of the last piece. */
  get end(): number {
    return Math.max(0, this.last + (this.lastDuration ?? this.spacing));
  }

  /** Pieces a second, on average; null when fewer than two of them have a time. */
  get rate(): number | null {
    const span = this.last + (this.lastDuration ?? this.spacing) - this.first;
    return this.timed > 1 && span > 0 ? this.timed / span : null;
  }

  /** Bits a second; null when their times are unknown. */
  get bitRate(): number | null {
    return this.rate === null ? null : Math.round((8 * this.bytes * this.rate) / this.packets);
  }

  private get spacing(): number {
    return this.timed > 1 ? (this.last - this.first) / (this.timed - 1) : 0;
  }
}
