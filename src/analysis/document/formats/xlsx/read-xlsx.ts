import { noOcr, nothingCounted } from '../../document-content.js';
import type { DocumentFacts, DocumentSource, StructureCounts } from '../../document-content.js';
import { countImages } from './drawing.js';
import { OoxmlPackage } from '../ooxml/ooxml-package.js';
import { sharedStrings } from './shared-strings.js';
import { dateStyles } from './dates.js';
import { SheetRows } from './sheet-rows.js';
import type { SheetContext } from './sheet-rows.js';

interface Workbook {
  /** Relationship ids in the order of the tabs. */
  readonly sheets: string[];
  since1904: boolean;
}

interface Totals {
  tables: number;
  images: number;
  links: number;
}

/** Excel: every sheet in the order of its tab, a line a row, hidden ones too. Tables are those defined as such. */
export function readXlsx(source: DocumentSource): Promise<DocumentFacts> {
  return OoxmlPackage.with(source.path, async (document) => {
    const { sheets, since1904 } = await readWorkbook(document);
    const related = await document.relationships(document.mainPart);
    const partOf = (wanted: string) => related.find(({ type, external }) => type === wanted && !external)?.target;
    const strings = await sharedStrings(document, partOf('sharedStrings'));
    const dates = await dateStyles(document, partOf('styles'));
    const parts = sheets.flatMap(
      (sheet) => related.find(({ id, external }) => id === sheet && !external)?.target ?? [],
    );
    return {
      format: 'xlsx',
      pages: null,
      encrypted: false,
      metadata: await document.metadata(),
      structure: await readSheets(document, parts, { strings, dates, since1904 }, source),
      ocr: noOcr,
      wrapped: false,
    };
  });
}

async function readWorkbook(document: OoxmlPackage): Promise<Workbook> {
  const workbook: Workbook = { sheets: [], since1904: false };
  await document.read(document.mainPart, {
    open: (name, attribute) => {
      if (name === 'sheet') workbook.sheets.push(attribute('id') ?? '');
      else if (name === 'workbookPr') workbook.since1904 = ['1', 'true'].includes(attribute('date1904') ?? '');
    },
  });
  return workbook;
}

async function readSheets(
  document: OoxmlPackage,
  parts: readonly string[],
  context: SheetContext,
  source: DocumentSource,
): Promise<StructureCounts> {
  const totals: Totals = { tables: 0, images: 0, links: 0 };
  for (const [index, part] of parts.entries()) {
    const rows = new SheetRows(source.text, context);
    await document.read(part, rows);
    source.text.write('\n');
    totals.links += rows.links;
    await countAttached(document, part, totals);
    source.progress((index + 1) / parts.length, `Read sheet ${index + 1} of ${parts.length}`);
  }
  return { ...nothingCounted, ...totals, sheets: parts.length };
}

async function countAttached(document: OoxmlPackage, sheet: string, totals: Totals): Promise<void> {
  for (const { type, target, external } of await document.relationships(sheet)) {
    if (external) continue;
    if (type === 'table') totals.tables += 1;
    else if (type === 'drawing') totals.images += await countImages(document, target);
  }
}
