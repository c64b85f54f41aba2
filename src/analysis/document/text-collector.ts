import { closeSync, openSync, writeSync } from 'node:fs';

import { TextTally } from './text-tally.js';

/** Shared strings can be repeated without end in a small file, so the text itself needs a bound: 200 M characters. */
export const MAX_CHARACTERS = 200_000_000;
/** What the features that look at language see. */
export const HEAD_CHARACTERS = 256 * 1024;
const WRITE_AT = 256 * 1024;
// Nothing but tab and line feed has a meaning in plain text, and NUL cannot be stored in a JSON column.
const CONTROL = /(?:(?![\t\n])\p{Cc}|[\ufffe\uffff\ufeff])+/gu;

export interface CollectedText {
  /** The whole text as UTF-8. */
  readonly path: string;
  /** Unicode code points. */
  readonly characters: number;
  /** Runs between white space, as `wc -w` counts; ideographs and kana count one each. */
  readonly words: number;
  readonly lines: number;
  readonly head: string;
  /** Whether the text was cut at `MAX_CHARACTERS`. */
  readonly truncated: boolean;
}

/**
 * Takes a document's text piece by piece into a file, counting on the way, so that memory does not depend on its length.
 * Writes are synchronous: parsers call back synchronously, and the process does nothing else.
 */
export class TextCollector {
  private readonly file: number;
  private readonly tally = new TextTally();
  private pending = '';
  private head = '';
  private afterReturn = false;
  private truncated = false;

  constructor(private readonly path: string) {
    this.file = openSync(path, 'w', 0o600);
  }

  /** Whether more text would be dropped. */
  get full(): boolean {
    return this.truncated;
  }

  write(text: string): void {
    if (text === '' || this.truncated) return;
    const piece = this.plain(text);
    this.truncated = this.tally.characters + piece.length > MAX_CHARACTERS;
    if (this.truncated) return;
    this.tally.add(piece);
    if (this.head.length < HEAD_CHARACTERS) this.head += piece.slice(0, HEAD_CHARACTERS - this.head.length);
    this.pending += piece;
    if (this.pending.length >= WRITE_AT) this.flush();
  }

  finish(): CollectedText {
    this.flush(true);
    const { characters, words, lines } = this.tally;
    return { path: this.path, characters, words, lines, head: this.head, truncated: this.truncated };
  }

  close(): void {
    closeSync(this.file);
  }

  /** Line ends as line feeds, also where a CR and its LF arrive in two pieces. */
  private plain(text: string): string {
    const rest = this.afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    this.afterReturn = text.endsWith('\r');
    return rest.replace(/\r\n?/g, '\n').replace(CONTROL, '');
  }

  /** A pair of surrogates is never torn: its first half waits for the second. */
  private flush(last = false): void {
    const torn = !last && /[\ud800-\udbff]$/.test(this.pending);
    const whole = torn ? this.pending.slice(0, -1) : this.pending;
    const bytes = Buffer.from(whole, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
    this.pending = this.pending.slice(whole.length);
  }
}
