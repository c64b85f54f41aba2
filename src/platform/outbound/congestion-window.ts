/**
 * How many requests a host may have at once after it has refused some with 429. As the window of TCP it grows by a place
 * with every round of answers and shrinks by a share when there are refusals (additive increase, multiplicative decrease:
 * Chiu and Jain, 1989), the share being half of what was refused (DCTCP: Alizadeh et al., 2010). A host that never
 * refuses has no window.
 */
export class CongestionWindow {
  private places = Infinity;

  isFull(inFlight: number): boolean {
    return inFlight >= Math.floor(this.places);
  }

  /** @param inFlight the answered one among them: a window that is not used up does not grow. */
  answered(inFlight: number): void {
    if (this.isFull(inFlight)) this.places += 1 / this.places;
  }

  /** @param inFlight the refused one among them: with the first refusal they are the window. */
  refused(inFlight: number): void {
    const places = this.places === Infinity ? inFlight : this.places;
    this.places = Math.max(1, places - 0.5);
  }
}
