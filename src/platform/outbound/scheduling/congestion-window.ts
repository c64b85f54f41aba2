/**
 * Limits the requests in flight at a host after it has answered some with 429. As the window of TCP it grows by a slot
 * with every round of answers and shrinks by a share when there are refusals (additive increase, multiplicative decrease:
 * Chiu and Jain, 1989), the share being half of what was refused (DCTCP: Alizadeh et al., 2010). A host that never
 * answers 429 has no window.
 */
export class CongestionWindow {
  private slots = Infinity;

  isFull(inFlight: number): boolean {
    return inFlight >= Math.floor(this.slots);
  }

  /** @param inFlight the answered one among them: a window that is not used up does not grow. */
  answered(inFlight: number): void {
    if (this.isFull(inFlight)) this.slots += 1 / this.slots;
  }

  /** @param inFlight the refused one among them: with the first refusal they are the window. */
  refused(inFlight: number): void {
    const slots = this.slots === Infinity ? inFlight : this.slots;
    this.slots = Math.max(1, slots - 0.5);
  }
}
