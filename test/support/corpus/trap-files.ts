import { deflateSync } from 'node:zlib';
import { chunk } from './png-chunk.js';
import { type Entries, zip } from './zip.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

interface Part {
  readonly path: string;
  readonly contentType: string;
  readonly xml: string;
}

/** A Word file with this main part. */
export const wordOf = (xml: string, others: Entries = {}): Buffer =>
  office({ path: 'word/document.xml', contentType: 'wordprocessingml.document', xml }, others);

/** An Excel file of one sheet with these rows. */
export const sheetOf = (rows: string): Buffer => {
  const spreadsheet = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const xml = `<workbook ${spreadsheet} xmlns:r="${DOCUMENT}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`;
  return office(
    { path: 'xl/workbook.xml', contentType: 'spreadsheetml.sheet', xml },
    {
      'xl/_rels/workbook.xml.rels': relationship('worksheet', 'worksheets/sheet1.xml'),
      'xl/worksheets/sheet1.xml': Buffer.from(`<worksheet ${spreadsheet}><sheetData>${rows}</sheetData></worksheet>`),
    },
  );
};

/** A PowerPoint file whose only slide lies at the target. */
export const showOf = (target: string): Buffer => {
  const xml =
    `<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="${DOCUMENT}">` +
    '<p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>';
  return office(
    { path: 'ppt/presentation.xml', contentType: 'presentationml.presentation', xml },
    {
      'ppt/_rels/presentation.xml.rels': relationship('slide', target),
    },
  );
};

function office({ path, contentType, xml }: Part, others: Entries): Buffer {
  const types =
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
    `<Override PartName="/${path}" ContentType="${OFFICE}.${contentType}.main+xml"/></Types>`;
  return zip({
    '[Content_Types].xml': Buffer.from(types),
    '_rels/.rels': relationship('officeDocument', path),
    [path]: Buffer.from(xml),
    ...others,
  });
}

const relationship = (type: string, target: string): Buffer =>
  Buffer.from(
    `<Relationships xmlns="${PACKAGE}/relationships">` +
      `<Relationship Id="r1" Type="${DOCUMENT}/${type}" Target="${target}"/></Relationships>`,
  );

/** A PDF with this as its second object, the tree of pages, and a deflated stream as its fourth. */
export function pdfOf(pages: string, stream = Buffer.alloc(0)): Buffer {
  const parts = [
    '%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n',
    `2 0 obj${pages}endobj\n`,
    '3 0 obj<<>>endobj\n',
    Buffer.concat([
      Buffer.from(`4 0 obj<</Filter/FlateDecode/Length ${stream.length}>>stream\n`),
      stream,
      Buffer.from('\nendstream endobj\n'),
    ]),
  ].map((part) => Buffer.from(part));
  const offsets = parts.map((_, index) => Buffer.concat(parts.slice(0, index)).length);
  const table = offsets.map((at, index) => (index === 0 ? at + 9 : at).toString().padStart(10, '0'));
  const start = Buffer.concat(parts).length;
  const rows = ['0000000000 65535 f ', ...table.map((at) => `${at} 00000 n `)];
  const end = `xref\n0 5\n${rows.join('\n')}\ntrailer<</Root 1 0 R/Size 5>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(end)]);
}

/** A PNG of one grey pixel with one more chunk. */
export function pngWith(type: string, data: Buffer): Buffer {
  const header = Buffer.from('00000001000000010800000000', 'hex');
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk(type, data),
    chunk('IDAT', deflateSync(Buffer.from([0, 128]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
