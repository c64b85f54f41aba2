import type { TextCollector } from '../../text-collector.js';
import { isHeadingLevel } from './styles.js';
import type { XmlAttributes, XmlHandlers } from '../ooxml/xml-reader.js';

/** Text that is there twice (drawings for old programs) or no longer (moved away). */
const SKIPPED: ReadonlySet<string> = new Set(['Fallback', 'moveFrom']);
const IN_RUN: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['br', '\n'],
  ['cr', '\n'],
  ['noBreakHyphen', '-'],
]);

export interface WordCounts {
  tables: number;
  images: number;
  links: number;
  headings: number;
}

interface Paragraph {
  heading: boolean;
  text: boolean;
}

/** The story of a Word document as it is read: paragraphs become lines, table rows lines with tabs between the cells. */
export class WordBody implements XmlHandlers {
  readonly counts: WordCounts = { tables: 0, images: 0, links: 0, headings: 0 };
  private readonly paragraphs: Paragraph[] = [];
  private skipping = 0;
  private cells = 0;
  private cellHasText = false;
  private rowHasCells = false;
  private runs = 0;
  private inText = false;
  private inInstruction = false;

  constructor(
    private readonly out: TextCollector,
    private readonly headings: ReadonlySet<string>,
  ) {}

  open(name: string, attribute: XmlAttributes): void {
    if (this.skipping > 0 || SKIPPED.has(name)) this.skipping += SKIPPED.has(name) ? 1 : 0;
    else if (this.runs > 0) this.openInRun(name, attribute);
    else this.openOutside(name, attribute);
  }

  text(text: string): void {
    if (this.skipping > 0) return;
    if (this.inText) this.write(text);
    else if (this.inInstruction && /\bHYPERLINK\b/.test(text)) this.counts.links += 1;
  }

  close(name: string): void {
    if (SKIPPED.has(name)) this.skipping -= 1;
    if (this.skipping > 0) return;
    if (name === 't') this.inText = false;
    else if (name === 'instrText') this.inInstruction = false;
    else if (name === 'r') this.runs -= 1;
    else if (name === 'p') this.endParagraph();
    else if (name === 'tc') this.endCell();
    else if (name === 'tr') this.out.write('\n');
  }

  private openInRun(name: string, attribute: XmlAttributes): void {
    if (name === 't') this.inText = true;
    else if (name === 'instrText') this.inInstruction = true;
    else if (name === 'blip' || name === 'imagedata') this.counts.images += 1;
    else if (IN_RUN.has(name)) this.write(IN_RUN.get(name) ?? '');
    else this.openOutside(name, attribute);
  }

  /** Also within a run, since a text box holds paragraphs and tables of its own. */
  private openOutside(name: string, attribute: XmlAttributes): void {
    if (name === 'r') this.runs += 1;
    else if (name === 'p') this.startParagraph();
    else if (name === 'pStyle') this.markHeading(this.headings.has(attribute('val') ?? ''));
    else if (name === 'outlineLvl') this.markHeading(isHeadingLevel(attribute('val') ?? ''));
    else if (name === 'hyperlink') this.counts.links += 1;
    else if (name === 'fldSimple' && /\bHYPERLINK\b/.test(attribute('instr') ?? '')) this.counts.links += 1;
    else if (name === 'tbl') this.counts.tables += 1;
    else if (name === 'tr') this.rowHasCells = false;
    else if (name === 'tc') this.startCell();
  }

  private startParagraph(): void {
    if (this.cells > 0 && this.cellHasText) this.out.write(' ');
    this.paragraphs.push({ heading: false, text: false });
  }

  private markHeading(heading: boolean): void {
    const paragraph = this.paragraphs.at(-1);
    if (paragraph && heading) paragraph.heading = true;
  }

  private write(text: string): void {
    this.out.write(text);
    const paragraph = this.paragraphs.at(-1);
    if (paragraph) paragraph.text = true;
    if (this.cells > 0) this.cellHasText = true;
  }

  private endParagraph(): void {
    const paragraph = this.paragraphs.pop();
    // An empty line in the style of a heading is spacing.
    if (paragraph?.heading && paragraph.text) this.counts.headings += 1;
    if (this.cells === 0) this.out.write('\n');
  }

  private startCell(): void {
    if (this.rowHasCells) this.out.write('\t');
    this.rowHasCells = true;
    this.cells += 1;
    this.cellHasText = false;
  }

  private endCell(): void {
    this.cells -= 1;
    this.cellHasText = false;
  }
}
