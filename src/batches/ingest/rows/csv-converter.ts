import { WorkerThread } from '../../../platform/threads/worker-thread.js';
import type { CsvFaultFacts } from '../csv/csv-fault.js';
import { csvRefusal } from '../ingest.errors.js';
import type { ConverterOptions } from './row-converter.js';
import type { Summary } from './summary.js';

/** What the thread is told: of a file that begins, its next piece or its end, or that nobody asks any more. */
export interface ConverterTask {
  readonly file: number;
  readonly begin?: ConverterOptions;
  /** None at the end of the file. */
  readonly piece?: Uint8Array;
  readonly leave?: boolean;
}

export interface ConverterAnswer {
  readonly bytes?: Uint8Array;
  readonly summary?: Summary;
  readonly fault?: CsvFaultFacts;
}

const thread = new WorkerThread<ConverterTask, ConverterAnswer>(new URL('./converter-thread.js', import.meta.url));
let files = 0;

/**
 * Reads one CSV file in a thread of its own: a million rows are seconds of work, in which every other request would
 * wait if it were done on the event loop.
 */
export class CsvConverter {
  private readonly file = (files += 1);
  private begun = false;

  constructor(private readonly options: ConverterOptions) {}

  /**
   * The rows that end with this piece, as COPY takes them. The piece is given away.
   * @throws csv_empty, csv_malformed, csv_no_url_column
   */
  async convert(piece: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const { bytes } = await this.ask({ piece }, [piece.buffer]);
    return bytes ?? new Uint8Array();
  }

  /** The last rows, and what is to be said of all; throws as before. */
  async end(): Promise<{ bytes: Uint8Array; summary: Summary }> {
    const { bytes, summary } = await this.ask({}, []);
    if (!bytes || !summary) throw new Error('The thread ended a file without a summary');
    return { bytes, summary };
  }

  /** Lets the thread forget the file, whether or not it came to its end. */
  leave(): void {
    if (this.begun) thread.notify({ file: this.file, leave: true });
  }

  private async ask(task: Omit<ConverterTask, 'file'>, moved: ArrayBuffer[]): Promise<ConverterAnswer> {
    const begin = this.begun ? undefined : this.options;
    this.begun = true;
    const answer = await thread.request({ file: this.file, begin, ...task }, moved);
    if (answer.fault) throw csvRefusal(answer.fault);
    return answer;
  }
}
