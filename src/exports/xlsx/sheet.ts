import type { ColumnType } from '../exports.dto.js';
import { STYLE, textCell } from './cell.js';
import { columnLetters } from './column-letters.js';

const NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** Characters of a column's width. */
const WIDTHS: Readonly<Record<ColumnType, number>> = { text: 24, number: 12, boolean: 8, time: 24, json: 48 };

/** Everything before the second row: the head is bold and stays in view. */
export function sheetStart(names: readonly string[], types: readonly ColumnType[]): string {
  const columns = types.map(
    (type, index) => `<col min="${index + 1}" max="${index + 1}" width="${WIDTHS[type]}" customWidth="1"/>`,
  );
  const head = names.map((name, index) => `<c r="${columnLetters(index)}1" s="${STYLE.head}"${textCell(name)}`);
  return (
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${NAMESPACE}">` +
    `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
    `<sheetFormatPr defaultRowHeight="15"/><cols>${columns.join('')}</cols>` +
    `<sheetData><row r="1">${head.join('')}</row>`
  );
}
