import { distinctNames } from '../column-names.js';
import type { ExportColumn } from '../exports.dto.js';
import { packageParts, sheetPath } from './package-parts.js';
import { SheetEncoder } from './sheet-encoder.js';
import { sheetStart } from './sheet.js';
import { ZipArchive } from './zip-archive.js';

/** Bytes of XML that are packed at once. */
const BLOCK = 262_144;

/** A sheet has so many rows, with its head; and below 4 GB of XML, so that every reader can unpack it. */
const LIMITS = { rows: 1_048_576, bytes: 3_900_000_000 };

const SHEET_END = Buffer.from('</sheetData></worksheet>');

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
    packing = zip.add(xml);
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
): AsyncGenerator<{ sheet: number; xml: Buffer }> {
  const types = columns.map(({ type }) => type);
  const start = Buffer.from(sheetStart(distinctNames(columns), types));
  const encoder = new SheetEncoder(types);
  let [sheet, bytes] = [1, 0];
  // The first bytes do not wait for the first row.
  yield { sheet, xml: start };
  for await (const lines of rows) {
    for (let at = 0; at < lines.length; at = encoder.row(lines, at)) {
      if (encoder.rows >= limits.rows || bytes >= limits.bytes) {
        yield { sheet, xml: Buffer.concat([encoder.take(), SHEET_END]) };
        [sheet, bytes] = [sheet + 1, 0];
        encoder.startSheet();
        yield { sheet, xml: start };
      }
      if (encoder.size < BLOCK) continue;
      bytes += encoder.size;
      yield { sheet, xml: encoder.take() };
    }
  }
  yield { sheet, xml: Buffer.concat([encoder.take(), SHEET_END]) };
}
