import { closeSync, openSync, writeSync } from 'node:fs';

import { TextTally } from './text-tally.js';

/** Shared strings can be repeated without end in a small file, so the text itself needs a bound, in UTF-16 units. */
export const MAX_CHARACTERS = 256 * 1024 * 1024;
/** What the features that look at language see. */
export const HEAD_CHARACTERS = 256 * 1024;
/** Readers bring words and cells; looked at and written is what they make together. */
const BLOCK_CHARACTERS = 64 * 1024;
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
  private left = MAX_CHARACTERS;
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
    if (this.truncated) return;
    this.pending += text;
    if (this.pending.length >= BLOCK_CHARACTERS) this.flush();
  }

  finish(): CollectedText {
    this.flush(true);
    const { characters, words, lines } = this.tally;
    return { path: this.path, characters, words, lines, head: this.head, truncated: this.truncated };
  }

  close(): void {
    closeSync(this.file);
  }

  /** A pair of surrogates is never torn: its first half waits for the second. */
  private flush(last = false): void {
    const torn = !last && /[\ud800-\udbff]$/.test(this.pending);
    const block = torn ? this.pending.slice(0, -1) : this.pending;
    this.pending = this.pending.slice(block.length);
    this.keep(this.plain(block));
  }

  /** Line ends as line feeds, also where a CR and its LF arrive in two blocks. */
  private plain(block: string): string {
    const rest = this.afterReturn && block.startsWith('\n') ? block.slice(1) : block;
    this.afterReturn = block.endsWith('\r');
    return rest.replace(/\r\n?/g, '\n').replace(CONTROL, '');
  }

  private keep(text: string): void {
    const kept = text.slice(0, this.left);
    this.truncated ||= kept.length < text.length;
    this.left -= kept.length;
    this.tally.add(kept);
    if (this.head.length < HEAD_CHARACTERS) this.head += kept.slice(0, HEAD_CHARACTERS - this.head.length);
    const bytes = Buffer.from(kept, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
  }
}
