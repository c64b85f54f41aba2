import type { TextCollector } from '../../text-collector.js';
import { serialDate } from './dates.js';
import type { XmlAttributes, XmlHandlers } from '../ooxml/xml-reader.js';

/** What all sheets of a workbook share. */
export interface SheetContext {
  readonly strings: readonly string[];
  readonly dates: ReadonlySet<number>;
  readonly since1904: boolean;
}

/** One sheet as it is read: a line a row, tabs between the cells that hold something. */
export class SheetRows implements XmlHandlers {
  links = 0;
  private cellType = '';
  private cellStyle = 0;
  private value = '';
  private inValue = false;
  private rowHasCells = false;

  constructor(
    private readonly out: TextCollector,
    private readonly context: SheetContext,
  ) {}

  open(name: string, attribute: XmlAttributes): void {
    if (name === 'c') {
      this.cellType = attribute('t') ?? 'n';
      this.cellStyle = Number(attribute('s') ?? 0);
      this.value = '';
    } else if (name === 'v' || name === 't') this.inValue = true;
    else if (name === 'hyperlink') this.links += 1;
  }

  text(text: string): void {
    if (this.inValue) this.value += text;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.inValue = false;
    else if (name === 'c') this.endCell();
    else if (name === 'row') this.endRow();
  }

  private endCell(): void {
    const shown = this.shown();
    if (shown === '') return;
    if (this.rowHasCells) this.out.write('\t');
    this.out.write(shown.replace(/[\t\r\n]+/g, ' '));
    this.rowHasCells = true;
  }

  private endRow(): void {
    if (this.rowHasCells) this.out.write('\n');
    this.rowHasCells = false;
  }

  private shown(): string {
    if (this.value === '') return '';
    if (this.cellType === 's') return this.context.strings[Number(this.value)] ?? '';
    if (this.cellType === 'b') return this.value === '1' ? 'TRUE' : 'FALSE';
    return this.cellType === 'n' ? this.number() : this.value;
  }

  /** Fifteen digits, as spreadsheets show; the file keeps the noise of the seventeenth. */
  private number(): string {
    const number = Number(this.value);
    if (!Number.isFinite(number)) return this.value;
    const date = this.context.dates.has(this.cellStyle) ? serialDate(number, this.context.since1904) : null;
    return date ?? String(Number(number.toPrecision(15)));
  }
}
