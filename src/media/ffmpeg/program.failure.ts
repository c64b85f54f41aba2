/** How a program failed: it ended badly, took too long, or wrote too much. */
export type ProgramFailureKind = 'exit' | 'timeout' | 'output';

/** For the operators' log only: its message may hold paths and the program's own words. */
export class ProgramFailure extends Error {
  constructor(
    readonly kind: ProgramFailureKind,
    lastWords: string,
  ) {
    super(`${kind}: ${lastWords}`);
    this.name = 'ProgramFailure';
  }
}
