/**
 * Why a piece of work could not be done: a stable code and a sentence for the person who asked for it. Never carries a
 * path, a command line or a library's own message. Trying again would not help.
 */
export class WorkFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'WorkFailure';
  }
}
