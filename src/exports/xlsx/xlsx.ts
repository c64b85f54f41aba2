import { distinctNames } from '../column-names.js';
import { cellsOf } from '../copy-text.js';
import type { ExportColumn } from '../exports.dto.js';
import { packageParts, sheetPath } from './package-parts.js';
import { Sheet, SHEET_END } from './sheet.js';
import { ZipArchive } from './zip-archive.js';

/** Characters of XML that are packed at once. */
const BLOCK = 262_144;

/** A sheet has so many rows, with its head; and below 4 GB of XML, so that every reader can unpack it. */
const LIMITS = { rows: 1_048_576, characters: 1_300_000_000 };

/** An Excel workbook: typed cells, text inline, as many sheets as the rows need, each below its own head. */
export async function* writeXlsx(
  columns: readonly ExportColumn[],
  rows: AsyncIterable<Buffer>,
  limits = LIMITS,
): AsyncGenerator<Buffer> {
  const zip = new ZipArchive();
  let sheets = 0;
  // While one piece is packed, the next is made.
  let packing: Promise<Buffer> | undefined;
  for await (const { sheet, xml } of sheetPieces(columns, rows, limits)) {
    if (packing) yield await packing;
    if (sheet > sheets) {
      if (sheets > 0) yield zip.endMember();
      yield zip.begin(sheetPath(sheet));
      sheets = sheet;
    }
    packing = zip.add(Buffer.from(xml));
  }
  if (packing) yield await packing;
  yield zip.endMember();
  for (const [path, xml] of packageParts(sheets)) {
    yield zip.begin(path);
    yield await zip.add(Buffer.from(xml));
    yield zip.endMember();
  }
  yield zip.end();
}

/** The sheets in XML, by their numbers from 1, piece by piece. */
async function* sheetPieces(
  columns: readonly ExportColumn[],
  rows: AsyncIterable<Buffer>,
  limits: typeof LIMITS,
): AsyncGenerator<{ sheet: number; xml: string }> {
  const writer = new Sheet(
    distinctNames(columns),
    columns.map(({ type }) => type),
  );
  let [sheet, row, characters] = [1, 1, 0];
  let xml = writer.start();
  // The first bytes do not wait for the first row.
  yield { sheet, xml };
  xml = '';
  for await (const lines of rows) {
    for (const cells of cellsOf(lines)) {
      if (row >= limits.rows || characters >= limits.characters) {
        yield { sheet, xml: xml + SHEET_END };
        [sheet, row, characters] = [sheet + 1, 1, 0];
        xml = writer.start();
      }
      row += 1;
      xml += writer.row(row, cells);
      if (xml.length < BLOCK) continue;
      yield { sheet, xml };
      characters += xml.length;
      xml = '';
    }
  }
  yield { sheet, xml: xml + SHEET_END };
}
