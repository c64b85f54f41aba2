import type { ColumnType } from '../exports.dto.js';
import { CELL, STYLE, xmlText } from './cell.js';

const NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** Characters of a column's width. */
const WIDTHS: Readonly<Record<ColumnType, number>> = { text: 24, number: 12, boolean: 8, time: 24, json: 48 };

export const SHEET_END = '</sheetData></worksheet>';

/** The rows of a sheet in XML. */
export class Sheet {
  private readonly letters: string[];

  constructor(
    private readonly names: readonly string[],
    private readonly types: readonly ColumnType[],
  ) {
    this.letters = names.map((_, index) => columnLetters(index));
  }

  /** Everything before the second row: the head is bold and stays in view. */
  start(): string {
    const columns = this.types.map(
      (type, index) => `<col min="${index + 1}" max="${index + 1}" width="${WIDTHS[type]}" customWidth="1"/>`,
    );
    const head = this.names.map(
      (name, index) =>
        `<c r="${this.letters[index] ?? ''}1" s="${STYLE.head}" t="inlineStr"><is><t xml:space="preserve">${xmlText(name)}</t></is></c>`,
    );
    return (
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${NAMESPACE}">` +
      `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
      `<sheetFormatPr defaultRowHeight="15"/><cols>${columns.join('')}</cols>` +
      `<sheetData><row r="1">${head.join('')}</row>`
    );
  }

  /** @param number of the row, from 1. */
  row(number: number, cells: readonly (string | null)[]): string {
    const { letters, types } = this;
    let xml = `<row r="${number}">`;
    for (let column = 0; column < types.length; column += 1) {
      const cell = cells[column] ?? null;
      if (cell !== null) xml += `<c r="${letters[column] ?? ''}${number}"${CELL[types[column] ?? 'text'](cell)}`;
    }
    return `${xml}</row>`;
  }
}

/** A, B, … Z, AA, AB and so on. */
export function columnLetters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : columnLetters(Math.floor(index / 26) - 1) + last;
}
