/** Why a file is not a table of URLs. */
export type CsvFaultKind = 'malformed' | 'empty' | 'no_url_column';

/** A fault as it is told from one thread to the other. */
export interface CsvFaultFacts {
  readonly kind: CsvFaultKind;
  readonly message: string;
  readonly line: number | null;
  readonly columns: readonly string[] | null;
}

/** What is wrong with a CSV file, and where: whoever sent it is told both. */
export class CsvFault extends Error implements CsvFaultFacts {
  constructor(
    readonly kind: CsvFaultKind,
    message: string,
    /** Line of the file, counted from 1. */
    readonly line: number | null = null,
    /** Names of the header, where it is the header that lacks something. */
    readonly columns: readonly string[] | null = null,
  ) {
    super(message);
    this.name = 'CsvFault';
  }
}

export const malformed = (line: number, message: string): CsvFault => new CsvFault('malformed', message, line);
