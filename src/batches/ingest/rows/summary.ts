/** A part of the upload: rows that follow one another. */
export interface Part {
  readonly id: string;
  rows: number;
  /** Rows of it without a usable URL. */
  invalid: number;
}

export interface Problem {
  /** Counted from 1. */
  readonly row: number;
  readonly code: 'invalid_url' | 'blocked_address';
  /** The first characters of what stands there. */
  readonly value: string;
}

/** What is to be said of a CSV once it is read. */
export interface Summary {
  readonly parts: readonly Part[];
  /** Names of the columns besides that of the URLs. */
  readonly columns: readonly string[];
  /** Rows whose URL stands in a row before. */
  readonly duplicates: number;
  /** Rows whose URL names an address that may not be reached. */
  readonly blocked: number;
  /** The first of them. */
  readonly problems: readonly Problem[];
  /** Of the file; null where nobody asked for it. */
  readonly sha256: string | null;
}

/** Rows of all parts together. */
export const totalsOf = ({ parts }: Summary): { readonly rows: number; readonly invalid: number } => ({
  rows: parts.reduce((sum, { rows }) => sum + rows, 0),
  invalid: parts.reduce((sum, { invalid }) => sum + invalid, 0),
});
