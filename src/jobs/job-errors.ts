/** An attempt that failed: the kind's retry policy says whether there is another. */
export class JobFailure extends Error {
  /** @param permanent no further attempt could succeed */
  constructor(
    readonly code: string,
    message: string,
    readonly permanent = false,
  ) {
    super(message);
    this.name = 'JobFailure';
  }
}

/** An attempt that could not be made for a reason that is not the job's, such as a full disk: tried again, nothing is counted. */
export class JobPostponed extends Error {
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
    this.name = 'JobPostponed';
  }
}

/** Why an attempt is aborted. */
export type AbortReason = 'stopping' | 'unwanted' | 'timed_out';

/** The reason of the signal of an attempt. */
export class JobAborted extends Error {
  constructor(readonly reason: AbortReason) {
    super(`The attempt was aborted: ${reason}`);
    this.name = 'JobAborted';
  }
}
