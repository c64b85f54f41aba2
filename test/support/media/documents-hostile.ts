import { type Entries, zip } from '../corpus/zip.js';

const MEGABYTE = 1024 * 1024;
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE_DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument';

/** A Word file with a body written by hand, and whatever else is asked for. */
export function buildWordFile(documentXml: string, others: Entries = {}): Buffer {
  return zip({
    '[Content_Types].xml': Buffer.from('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
    '_rels/.rels': Buffer.from(
      `<Relationships xmlns="${RELATIONSHIPS}">` +
        `<Relationship Id="r1" Type="${OFFICE_DOCUMENT}" Target="word/document.xml"/></Relationships>`,
    ),
    'word/document.xml': Buffer.from(documentXml),
    ...others,
  });
}

export function wordBody(content: string, prolog = ''): string {
  return `<?xml version="1.0"?>${prolog}<w:document xmlns:w="${WORD}"><w:body>${content}</w:body></w:document>`;
}

export function wordParagraph(text: string): string {
  return `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
}

/** 16 MB of white space that pack to 16 kB. */
export function buildZipBomb(): Buffer {
  return buildWordFile(wordBody(' '.repeat(16 * MEGABYTE)));
}

/** Sixty entries that declare 4 MB each: none stands out, together they are too much. */
export function buildManyPartBomb(): Buffer {
  const names = Array.from({ length: 60 }, (_, index) => `word/part${index}.xml`);
  const parts = Object.fromEntries(names.map((name) => [name, new Uint8Array(64 * 1024)]));
  const zip = buildWordFile(wordBody(wordParagraph('small')), parts);
  for (const name of names) patchSizes(zip, name, 4 * MEGABYTE);
  return zip;
}

export function buildManyEntries(): Buffer {
  const entries = Array.from({ length: 10_001 }, (_, index): [string, Uint8Array] => [`e/${index}`, new Uint8Array()]);
  return buildWordFile(wordBody(wordParagraph('small')), Object.fromEntries(entries));
}

/** A body of 16 MB whose sizes in directory and header say 1000 bytes. */
export function buildLyingZip(): Buffer {
  const zip = buildZipBomb();
  patchSizes(zip, 'word/document.xml', 1000);
  return zip;
}

/** Entities that make a billion words of a kilobyte, were they expanded. */
export function buildEntityBomb(): Buffer {
  const levels = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`);
  const prolog = `<!DOCTYPE w [<!ENTITY l0 "lol">${levels.join('')}]>`;
  return buildWordFile(wordBody(wordParagraph('&l9;'), prolog));
}

/** An entity that would bring in a file of the machine. */
export function buildEntityThief(path: string): Buffer {
  return buildWordFile(wordBody(wordParagraph('&x;'), `<!DOCTYPE w [<!ENTITY x SYSTEM "file://${path}">]>`));
}

/** What an office file with a password begins with: the header of an OLE compound file. */
export function buildEncryptedOffice(): Buffer {
  const file = Buffer.alloc(4096);
  file.set(Buffer.from('d0cf11e0a1b11ae1', 'hex'));
  file.write('EncryptedPackage', 1024, 'utf16le');
  return file;
}

/** Writes another unpacked size into every header of an entry. */
export function patchSizes(zip: Buffer, name: string, size: number): void {
  for (const [signature, sizeAt, nameAt] of [
    ['504b0304', 22, 30],
    ['504b0102', 24, 46],
  ] as const) {
    const mark = Buffer.from(signature, 'hex');
    for (let at = zip.indexOf(mark); at >= 0; at = zip.indexOf(mark, at + 4)) {
      const found = zip.toString('latin1', at + nameAt, at + nameAt + name.length);
      if (found === name) zip.writeUInt32LE(size, at + sizeAt);
    }
  }
}
