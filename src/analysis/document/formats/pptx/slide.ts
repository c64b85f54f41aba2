import type { TextCollector } from '../../text-collector.js';
import type { XmlAttributes, XmlHandlers } from '../ooxml/xml-reader.js';

const TITLES: ReadonlySet<string | undefined> = new Set(['title', 'ctrTitle']);

export interface SlideCounts {
  tables: number;
  images: number;
  links: number;
  headings: number;
}

/** A slide or its notes as they are read: a line a paragraph. Numbers and dates that fill themselves in are left out. */
export class SlideText implements XmlHandlers {
  private inText = false;
  private inField = 0;
  private skipping = 0;
  private inTable = 0;
  private rowHasCells = false;
  private spaceDue = false;

  constructor(
    private readonly out: TextCollector,
    private readonly counts: SlideCounts,
  ) {}

  open(name: string, attribute: XmlAttributes): void {
    if (name === 'Fallback') this.skipping += 1;
    if (this.skipping > 0) return;
    if (name === 'fld') this.inField += 1;
    else if (name === 't') this.inText = true;
    else if (name === 'br') this.out.write('\n');
    else if (name === 'tbl') this.startTable();
    else if (name === 'tr') this.rowHasCells = false;
    else if (name === 'tc') this.startCell();
    else if (name === 'blip') this.counts.images += 1;
    else if (name === 'ph' && TITLES.has(attribute('type'))) this.counts.headings += 1;
    else if (name === 'hlinkClick' && attribute('id')) this.counts.links += 1;
  }

  text(text: string): void {
    if (!this.inText || this.inField > 0 || this.skipping > 0) return;
    this.out.write(this.spaceDue ? ` ${text}` : text);
    this.spaceDue = false;
  }

  close(name: string): void {
    if (name === 'Fallback') this.skipping -= 1;
    if (this.skipping > 0) return;
    if (name === 't') this.inText = false;
    else if (name === 'fld') this.inField -= 1;
    else if (name === 'p') this.endParagraph();
    else if (name === 'tr') this.out.write('\n');
    else if (name === 'tbl') this.inTable -= 1;
  }

  private startTable(): void {
    this.inTable += 1;
    this.counts.tables += 1;
  }

  private startCell(): void {
    if (this.rowHasCells) this.out.write('\t');
    this.rowHasCells = true;
    this.spaceDue = false;
  }

  /** Within a cell paragraphs stay on the row's line. */
  private endParagraph(): void {
    if (this.inTable === 0) this.out.write('\n');
    this.spaceDue = this.inTable > 0;
  }
}
