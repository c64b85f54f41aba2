/** The disk takes no more: the row waits and loses no try by it. */
export class NoRoom extends Error {
  /** @param milliseconds until it may be tried again */
  constructor(readonly milliseconds: number) {
    super('The disk of the server is full.');
    this.name = 'NoRoom';
  }
}
