import { documentUnreadable } from '../../../analysis.failures.js';
import type { TextCollector } from '../../text-collector.js';

/** A quote that is never closed swallows the rest of the file; no row of a real table is as long. */
const MAX_ROW_CHARACTERS = 1_000_000;
const [QUOTE, LINE_FEED, RETURN] = [34, 10, 13];

type State = 'start' | 'plain' | 'quoted' | 'closing';

/**
 * Turns CSV into lines with tabs, piece by piece. A quote opens a cell only where the cell begins and is a character like
 * any other within; rows are not made into objects, since a large file has a hundred million of them.
 */
export class CsvRows {
  private readonly delimiter: number;
  private state: State = 'start';
  private rowLength = 0;
  private piece = '';
  private from = 0;

  constructor(
    private readonly out: TextCollector,
    delimiter: string,
  ) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** @throws WorkFailure document_unreadable when a quote is not closed for very long */
  add(piece: string): void {
    this.piece = piece;
    this.from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (this.state === 'quoted') this.quoted(code, at);
      else this.unquoted(code, at);
    }
    this.keepUntil(piece.length);
    if (this.state === 'quoted' && this.rowLength > MAX_ROW_CHARACTERS) throw documentUnreadable();
  }

  /** @throws WorkFailure document_unreadable when the last quote is not closed */
  end(): void {
    if (this.state === 'quoted') throw documentUnreadable();
    this.endRow();
  }

  private quoted(code: number, at: number): void {
    if (code === QUOTE) this.replace(at, '');
    else if (code === LINE_FEED || code === RETURN) this.replace(at, ' ');
    if (code === QUOTE) this.state = 'closing';
  }

  private unquoted(code: number, at: number): void {
    if (code === this.delimiter) {
      this.replace(at, '\t');
      this.state = 'start';
    } else if (code === LINE_FEED || code === RETURN) {
      this.replace(at, '');
      this.endRow();
    } else if (code === QUOTE && this.state !== 'plain') this.quote(at);
    else this.state = 'plain';
  }

  /** Opens a cell, or is the second of two that stand for one. */
  private quote(at: number): void {
    this.replace(at, this.state === 'closing' ? '"' : '');
    this.state = 'quoted';
  }

  private endRow(): void {
    if (this.rowLength > 0) this.out.write('\n');
    this.rowLength = 0;
    this.state = 'start';
  }

  private replace(at: number, character: string): void {
    this.keepUntil(at);
    this.from = at + 1;
    if (character === '') return;
    this.out.write(character);
    this.rowLength += 1;
  }

  private keepUntil(at: number): void {
    if (at <= this.from) return;
    this.out.write(this.piece.slice(this.from, at));
    this.rowLength += at - this.from;
  }
}
