/** Lets a stream sleep until the next signal, or one that came since its last sleep, or the end of a time. */
export class WakeUp {
  private signalled = false;
  private wake: () => void = () => undefined;

  /** @param stop wakes it, too. */
  constructor(private readonly stop: AbortSignal) {
    stop.addEventListener('abort', this.signal);
  }

  readonly signal = (): void => {
    this.signalled = true;
    this.wake();
  };

  async wait(atMostMs: number): Promise<void> {
    if (!this.signalled && !this.stop.aborted) await this.sleep(atMostMs);
    this.signalled = false;
  }

  /** The process outlives the stream: without this it would keep every one that there has been. */
  close(): void {
    this.stop.removeEventListener('abort', this.signal);
  }

  private async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
