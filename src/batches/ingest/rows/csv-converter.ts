import { Worker } from 'node:worker_threads';
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
  readonly file: number;
  readonly bytes?: Uint8Array;
  readonly summary?: Summary;
  readonly refused?: { readonly fault: CsvFaultFacts | null; readonly message: string };
}

/** Answers come in the order of the tasks of a file. */
interface Waiting {
  resolve(answer: ConverterAnswer): void;
  reject(error: Error): void;
}

/** The thread of this process, warm between uploads. */
let thread: Worker | undefined;
const waiting = new Map<number, Waiting[]>();
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
    if (this.begun) thread?.postMessage({ file: this.file, leave: true } satisfies ConverterTask);
    waiting.delete(this.file);
  }

  private ask(task: Omit<ConverterTask, 'file'>, moved: ArrayBuffer[]): Promise<ConverterAnswer> {
    const begin = this.begun ? undefined : this.options;
    this.begun = true;
    thread ??= startThread();
    thread.postMessage({ file: this.file, begin, ...task } satisfies ConverterTask, moved);
    return new Promise((resolve, reject) => {
      const queue = waiting.get(this.file) ?? [];
      waiting.set(this.file, [...queue, { resolve, reject }]);
    });
  }
}

/** One that dies takes the files under way with it and is replaced for the next upload. */
function startThread(): Worker {
  const started = new Worker(new URL('./converter-thread.js', import.meta.url));
  started.on('message', settle);
  started.on('error', () => undefined);
  started.once('exit', () => {
    thread = undefined;
    for (const all of waiting.values()) for (const one of all) one.reject(new Error('The thread that reads CSV ended'));
    waiting.clear();
  });
  started.unref();
  return started;
}

function settle(answer: ConverterAnswer): void {
  const first = waiting.get(answer.file)?.shift();
  if (!answer.refused) first?.resolve(answer);
  else first?.reject(errorOf(answer.refused));
}

const errorOf = ({ fault, message }: NonNullable<ConverterAnswer['refused']>): Error =>
  fault ? csvRefusal(fault) : new Error(message);
