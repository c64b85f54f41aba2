import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { PDFiumLibrary } from '@hyzyla/pdfium';
import { Document, ExternalHyperlink, FootnoteReferenceRun, HeadingLevel, ImageRun, Packer, Paragraph } from 'docx';
import { Table, TableCell, TableRow, TextRun } from 'docx';
import ExcelJS from 'exceljs';
import PdfDocument from 'pdfkit';
import pptxgenjs from 'pptxgenjs';
import sharp from 'sharp';

// Its types describe a CommonJS module, yet what is imported is the class itself.
const Presentation = pptxgenjs as unknown as typeof pptxgenjs.default;

export interface PdfTruth {
  /** One text a page. */
  readonly pages: readonly string[];
  readonly title?: string;
  readonly author?: string;
  readonly created?: Date;
  readonly modified?: Date;
  /** Stand on the first page. */
  readonly links?: readonly string[];
  readonly images?: number;
  /** Needed to open the file. */
  readonly userPassword?: string;
  /** Needed to change the file; without a user password everybody may read it. */
  readonly ownerPassword?: string;
}

export async function buildPdf(truth: PdfTruth): Promise<Buffer> {
  const { pages, title, author, created, modified, userPassword, ownerPassword } = truth;
  const info = Object.fromEntries(
    Object.entries({ Title: title, Author: author, CreationDate: created, ModDate: modified }).filter(
      (entry): entry is [string, string | Date] => entry[1] !== undefined,
    ),
  );
  const pdf = new PdfDocument({ size: 'A4', autoFirstPage: false, info, userPassword, ownerPassword });
  const picture = await buildPicture();
  for (const [index, text] of pages.entries()) {
    pdf.addPage().fontSize(12).text(text);
    if (index > 0) continue;
    for (const link of truth.links ?? []) pdf.text('a link', { link });
    for (let image = 0; image < (truth.images ?? 0); image += 1)
      pdf.image(picture, 100, 500 + 60 * image, { width: 50 });
  }
  pdf.end();
  return bytesOf(pdf);
}

/** A PDF as a scanner makes it: every page is one grey image of its text at 200 dpi and says nothing. */
export async function buildScannedPdf(pages: readonly string[]): Promise<Buffer> {
  const pdf = new PdfDocument({ size: 'A4', autoFirstPage: false });
  for (const page of pages) pdf.addPage({ size: 'A4', margin: 0 }).image(await drawText(page), 0, 0, { width: 595 });
  pdf.end();
  return bytesOf(pdf);
}

/** A page of text as an image, drawn with pdfium's own Helvetica, since machines differ in their fonts. */
export async function drawText(text: string): Promise<Buffer> {
  const pdf = new PdfDocument({ size: 'A4' });
  pdf.fontSize(16).text(text).end();
  const wasm = await readFile(createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm'));
  const library = await PDFiumLibrary.init({ wasmBinary: new Uint8Array(wasm).buffer });
  const document = await library.loadDocument(await bytesOf(pdf));
  const { data, width, height } = await document.getPage(0).render({ scale: 200 / 72, colorSpace: 'Gray' });
  document.destroy();
  library.destroy();
  return sharp(data, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

/**
 * Word: title page properties by Ada Lovelace, two headings, three paragraphs, a table of 2 × 2, a link, an image, a
 * footnote.
 */
export async function buildDocx(): Promise<Buffer> {
  const row = (...cells: string[]) =>
    new TableRow({ children: cells.map((cell) => new TableCell({ children: [new Paragraph(cell)] })) });
  const document = new Document({
    title: 'Notes on the Engine',
    creator: 'Ada Lovelace',
    footnotes: { 1: { children: [new Paragraph('A note at the foot.')] } },
    sections: [
      {
        children: [
          new Paragraph({ text: 'The Engine', heading: HeadingLevel.HEADING_1 }),
          new Paragraph({ children: [new TextRun('It weaves algebraic patterns.'), new FootnoteReferenceRun(1)] }),
          new Paragraph({ text: 'The Cards', heading: HeadingLevel.HEADING_2 }),
          new Paragraph('Two words\u00a0here & there <now>.'),
          new Table({ rows: [row('north', 'south'), row('east', 'west')] }),
          new Paragraph({
            children: [
              new ExternalHyperlink({ link: 'https://example.org/', children: [new TextRun('the source')] }),
              new ImageRun({
                type: 'png',
                data: await buildPicture(),
                transformation: { width: 20, height: 20 },
              }),
            ],
          }),
        ],
      },
    ],
  });
  return Packer.toBuffer(document);
}

/** Excel: `Prices` (texts, a number, a date, a flag, a formula, a link) and `Stock` (a defined table, an image). */
export async function buildXlsx(): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = 'Grace Hopper';
  workbook.title = 'Ledger';
  workbook.created = new Date('2024-03-01T08:30:00Z');
  workbook.modified = new Date('2024-03-02T09:00:00Z');
  const prices = workbook.addWorksheet('Prices');
  prices.addRow(['item', 'price', 'since', 'sold']);
  prices.addRow(['brass wheel', 12.3, new Date('2024-02-29T00:00:00Z'), true]);
  prices.addRow(['sum', { formula: 'B2*2', result: 24.6 }]);
  prices.getCell('B2').numFmt = '0.00" days"';
  prices.getCell('C2').numFmt = 'dd/mm/yyyy';
  prices.addRow([{ text: 'catalogue', hyperlink: 'https://example.org/' }]);
  const stock = workbook.addWorksheet('Stock');
  stock.addTable({ name: 'Wheels', ref: 'A1', columns: [{ name: 'wheel' }], rows: [['cog'], ['pinion']] });
  const picture = workbook.addImage({ base64: (await buildPicture()).toString('base64'), extension: 'png' });
  stock.addImage(picture, 'D1:E3');
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** PowerPoint: two slides with titles; a link and a note on the first, a table and an image on the second. */
export async function buildPptx(): Promise<Buffer> {
  const show = new Presentation();
  show.author = 'Mary Somerville';
  show.title = 'On the Connexion';
  show.defineSlideMaster({
    title: 'TITLED',
    objects: [{ placeholder: { options: { name: 'title', type: 'title', x: 1, y: 0.2, w: 8, h: 1 }, text: '' } }],
  });
  const first = show.addSlide({ masterName: 'TITLED' });
  first.addText('First things', { placeholder: 'title' });
  first.addText([{ text: 'read more', options: { hyperlink: { url: 'https://example.org/' } } }], { x: 1, y: 2 });
  first.addNotes('Say this slowly.');
  const second = show.addSlide({ masterName: 'TITLED' });
  second.addText('Second things', { placeholder: 'title' });
  second.addTable([[{ text: 'sun' }, { text: 'moon' }]], { x: 1, y: 2 });
  second.addImage({ data: `image/png;base64,${(await buildPicture()).toString('base64')}`, x: 1, y: 4, w: 1, h: 1 });
  return (await show.write({ outputType: 'nodebuffer' })) as Buffer;
}

export function buildPicture(): Promise<Buffer> {
  return sharp({ create: { width: 20, height: 20, channels: 3, background: '#c04020' } })
    .png()
    .toBuffer();
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
