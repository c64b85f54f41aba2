/** When each frame is shown, as a filter of ffmpeg's prints it: `frame:50 pts:25600 pts_time:2`. */
export class FrameTimeReader {
  private readonly known: number[] = [];
  private last = 0;
  private waiting: ((time: number) => void) | null = null;

  readonly read = (line: string): void => {
    const printed = /^frame:.*\bpts_time:(\S+)/.exec(line)?.[1];
    if (printed === undefined) return;
    // A frame without a time of its own is shown when the one before it was.
    this.last = Math.max(0, Number.isFinite(Number(printed)) ? Number(printed) : this.last);
    this.known.push(this.last);
    this.waiting?.(this.known.shift() ?? 0);
  };

  /** Of the next frame, in seconds. It is printed before the frame is written, but may come through later. */
  next(): Promise<number> {
    const time = this.known.shift();
    if (time !== undefined) return Promise.resolve(time);
    return new Promise((resolve) => {
      this.waiting = (printed) => {
        this.waiting = null;
        resolve(printed);
      };
    });
  }
}
