/** One line of `npm run facet`. */
export interface Command {
  /** Its words, as in `batch submit`. */
  readonly name: string;
  readonly summary: string;
  /** What stands behind the words, and what each option does. */
  readonly usage: string;
  /** Runs the command and returns its exit code. @throws CommandError */
  run(args: readonly string[]): Promise<number>;
}

/** What a person can do something about; its message is all that is said. */
export class CommandError extends Error {
  constructor(
    message: string,
    /** 1: it did not work. 2: it was not typed as it has to be. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}
