import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync, type Zippable } from 'fflate';
import sharp from 'sharp';
import { compoundFile, passwordProtected } from '../../../test/support/corpus/compound-file.js';
import { buildWordFile, wordBody, wordParagraph } from '../../../test/support/media/documents-hostile.js';
import { buildDocx, buildPdf, buildPptx, buildXlsx } from '../../../test/support/media/documents.js';
import { bitmap, heic, solid } from '../../../test/support/media/images.js';
import { clip, type ContainerName, make, soundOnly } from '../../../test/support/media/videos.js';
import { detectMediaType, mediaTypes } from './media-type.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const DOCX = `${OFFICE}.wordprocessingml.document`;
const XLSX = `${OFFICE}.spreadsheetml.sheet`;
const PPTX = `${OFFICE}.presentationml.presentation`;

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-detection-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function detect(bytes: Buffer | Uint8Array | string, filename = 'file'): Promise<string | null> {
  const path = join(folder, String(files++));
  await writeFile(path, bytes);
  return detectMediaType(path, filename);
}

const latin = (text: string) => Buffer.from(text, 'latin1');
const film = async (container: ContainerName) =>
  readFile((await clip({ container, seconds: 1, width: 64, height: 64 })).path);
const picture = (format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif') =>
  solid(16, 16, '#3366cc').toFormat(format).toBuffer();
const zip = (entries: Zippable) => Buffer.from(zipSync(entries));

/** A `ftyp` box and nothing else. */
function branded(major: string, ...compatible: string[]): Buffer {
  const box = Buffer.concat([latin(`\0\0\0\0ftyp${major}\0\0\0\0`), ...compatible.map(latin)]);
  box.writeUInt32BE(box.length, 0);
  return Buffer.concat([box, latin('\0\0\0\x08mdat')]);
}

/** An office file by its list of content types alone. */
const listing = (contentType: string): Zippable => ({
  '[Content_Types].xml': strToU8(`<Types><Override PartName="/main.xml" ContentType="${contentType}"/></Types>`),
});

describe('what Facet accepts', () => {
  const bytes: Record<string, () => Promise<Buffer> | Buffer> = {
    'image/jpeg': () => picture('jpeg'),
    'image/png': () => picture('png'),
    'image/webp': () => picture('webp'),
    'image/gif': () => picture('gif'),
    'image/tiff': () => picture('tiff'),
    'image/avif': () => picture('avif'),
    'image/heic': () => heic(),
    'image/bmp': () => bitmap(4, 4, () => '#123456'),
    'image/svg+xml': () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'),
    'video/mp4': () => film('mp4'),
    'video/x-msvideo': () => film('avi'),
    'video/quicktime': () => film('mov'),
    'video/x-matroska': () => film('mkv'),
    'video/x-ms-wmv': () => film('wmv'),
    'video/x-flv': () => film('flv'),
    'video/webm': () => film('webm'),
    'application/pdf': () => buildPdf({ pages: ['One page.'] }),
    [DOCX]: () => buildDocx(),
    [XLSX]: () => buildXlsx(),
    [PPTX]: () => buildPptx(),
    'text/csv': () => Buffer.from('name,age\nAda,36\nGrace,85\n'),
    'text/plain': () => Buffer.from('It was a bright cold day in April.\n'),
    'text/markdown': () => Buffer.from('# Title\n\nSee [the source](https://example.org/).\n'),
    'text/html': () => Buffer.from('<!doctype html><title>Page</title><p>Text'),
  };

  it('is in the table, neither more nor less', () => {
    expect(Object.keys(mediaTypes).sort()).toEqual(Object.keys(bytes).sort());
  });

  it.each(Object.keys(bytes))('%s, under its own name, without one and under a false one', async (mediaType) => {
    const content = await bytes[mediaType]!();
    const { extension } = mediaTypes[mediaType as keyof typeof mediaTypes];
    expect(await detect(content, `file.${extension}`)).toBe(mediaType);
    expect(await detect(content, 'file')).toBe(mediaType);
    expect(await detect(content, extension === 'jpg' ? 'file.mp4' : 'file.jpg')).toBe(mediaType);
  });
});

describe('variants', () => {
  it.each([
    ['heic', ['mif1', 'heic'], 'image/heic'],
    ['hevc', ['msf1', 'hevc'], 'image/heic'],
    ['mif1', ['mif1', 'heic'], 'image/heic'],
    ['mif1', ['mif1', 'avif', 'miaf'], 'image/avif'],
    ['avis', ['avif', 'msf1'], 'image/avif'],
    ['mif1', ['mif1', 'jpeg'], null],
    ['isom', ['isom', 'mp41'], 'video/mp4'],
    ['M4V ', ['M4V ', 'isom'], 'video/mp4'],
    ['3gp5', ['3gp5'], 'video/mp4'],
    ['qt  ', ['qt  '], 'video/quicktime'],
    ['M4A ', ['M4A ', 'mp42'], null],
    ['F4A ', ['isom'], null],
    ['crx ', ['crx ', 'isom'], null],
  ])('a file branded %s, compatible with %j, is %s', async (major, compatible, mediaType) => {
    expect(await detect(branded(major, ...compatible))).toBe(mediaType);
  });

  it('an animated PNG is a PNG', async () => {
    const path = await make('apng', ['-f', 'lavfi', '-i', 'color=red:s=16x16:r=2:d=1', '-plays', '0', '-f', 'apng']);
    const bytes = await readFile(path);
    expect(bytes.includes('acTL')).toBe(true);
    expect(await detect(bytes)).toBe('image/png');
  });

  it('a TIFF may keep its directory behind megabytes of pixels, and be of either byte order', async () => {
    const noise = sharp({
      create: { width: 400, height: 400, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128 } },
    });
    const bytes = await noise.tiff({ compression: 'none' }).toBuffer();
    expect(bytes.readUInt32LE(4)).toBeGreaterThan(65_536);
    expect(await detect(bytes)).toBe('image/tiff');
    expect(await detect(latin('MM\0*\x7f\0\0\0'))).toBe('image/tiff');
  });

  it('sound in a container for films is let in where only decoding would tell, and refused where it says so', async () => {
    expect(await detect(await readFile((await soundOnly('mkv')).path))).toBe('video/x-matroska');
    expect(await detect(await readFile((await soundOnly('wmv')).path))).toBeNull();
  });

  it('a WMV whose sound comes first is a film', async () => {
    const path = await make('wmv', [
      ...['-f', 'lavfi', '-i', 'sine=duration=1', '-f', 'lavfi', '-i', 'color=red:s=64x64:d=1'],
      ...['-map', '0:a', '-map', '1:v', '-c:a', 'wmav2', '-c:v', 'wmv2'],
    ]);
    expect(await detect(await readFile(path))).toBe('video/x-ms-wmv');
  });
});

describe('office files', () => {
  it.each([
    ['application/vnd.ms-word.document.macroEnabled.main+xml', DOCX],
    [`${OFFICE}.wordprocessingml.template.main+xml`, DOCX],
    [`${OFFICE}.spreadsheetml.sheet.main+xml`, XLSX],
    ['application/vnd.ms-excel.sheet.macroEnabled.main+xml', XLSX],
    [`${OFFICE}.presentationml.slideshow.main+xml`, PPTX],
    ['application/vnd.ms-excel.sheet.binary.macroEnabled.main', null],
    ['application/vnd.ms-visio.drawing.main+xml', null],
  ])('with the main part %s are %s', async (contentType, mediaType) => {
    expect(await detect(zip(listing(contentType)))).toBe(mediaType);
  });

  it('are found though their list of content types comes last, behind pictures', async () => {
    const picture = new Uint8Array(200_000).map((_, index) => (index * 7919) % 251);
    const bytes = zip({
      'xl/media/image1.png': [picture, { level: 0 }],
      ...listing(`${OFFICE}.spreadsheetml.sheet.main+xml`),
    });
    expect(await detect(bytes)).toBe(XLSX);
  });

  it('are told by their parts where the list says nothing', async () => {
    expect(await detect(buildWordFile(wordBody(wordParagraph('text'))))).toBe(DOCX);
  });

  it('are told by their first entries when the end is missing', async () => {
    const bytes = await buildPptx();
    expect(await detect(bytes.subarray(0, bytes.length >> 1))).toBe(PPTX);
  });

  it('are no more than that: other archives are refused, whatever their names', async () => {
    expect(await detect(zip({ 'readme.txt': strToU8('text') }), 'report.docx')).toBeNull();
    expect(await detect(zip({ 'word/document.xml': strToU8('<x/>') }), 'report.docx')).toBeNull();
    expect(await detect(zip({ 'inner.docx': buildWordFile(wordBody('')) }), 'outer.docx')).toBeNull();
    expect(await detect(zip({ mimetype: strToU8('application/vnd.oasis.opendocument.text') }), 'a.odt')).toBeNull();
    expect(await detect(zip({ 'META-INF/MANIFEST.MF': strToU8('Manifest-Version: 1.0') }), 'a.jar')).toBeNull();
    expect(await detect(zip({}), 'empty.docx')).toBeNull();
  });

  it('behind a password are what their names say, and nothing without such a name', async () => {
    expect(await detect(passwordProtected(), 'secret.docx')).toBe(DOCX);
    expect(await detect(passwordProtected(), 'Secret.XLSM')).toBe(XLSX);
    expect(await detect(passwordProtected(), 'secret.pptx')).toBe(PPTX);
    expect(await detect(passwordProtected(), 'secret.doc')).toBeNull();
    expect(await detect(passwordProtected(), 'secret')).toBeNull();
  });

  it('behind a password are found though the directory lies far behind, named by the second part of the table', async () => {
    // 109 sectors of the allocation table, which the header names, cover 109 × 128 sectors, the first sector of further names 127 × 128 more.
    expect(await detect(passwordProtected(35_000), 'secret.docx')).toBe(DOCX);
  });

  it('of the years before 2007 are refused under any name', async () => {
    const word = compoundFile({ streams: ['WordDocument', '1Table', 'CompObj'] });
    expect(await detect(word, 'letter.doc')).toBeNull();
    expect(await detect(word, 'letter.docx')).toBeNull();
    expect(await detect(compoundFile({ streams: ['Workbook'], loop: true }), 'sums.xlsx')).toBeNull();
    expect(await detect(latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), 'cut.docx')).toBeNull();
  });
});

describe('renamed files and files that are two things at once', () => {
  const script = latin('\n<?php system($_GET["c"]); ?><script>alert(1)</script>');

  it('go by the bytes they begin with', async () => {
    const archive = zip({ 'evil.html': strToU8('<script>alert(1)</script>') });
    const pdf = await buildPdf({ pages: ['One page.'] });
    expect(await detect(Buffer.concat([await picture('gif'), latin('/*'), script]), 'a.js')).toBe('image/gif');
    expect(await detect(Buffer.concat([await picture('jpeg'), archive]), 'a.zip')).toBe('image/jpeg');
    expect(await detect(Buffer.concat([await picture('png'), script]), 'a.php')).toBe('image/png');
    expect(await detect(Buffer.concat([pdf, archive]), 'a.docx')).toBe('application/pdf');
    expect(await detect(Buffer.concat([await film('mp4'), pdf]), 'a.jpg')).toBe('video/mp4');
  });

  it('go by the picture, whatever is written into its comment', async () => {
    const jpeg = await picture('jpeg');
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 2 + script.length]), script]);
    expect(await detect(Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]), 'a.php')).toBe('image/jpeg');
  });

  it('are PDF behind up to a kilobyte of something else, as PDF readers take them', async () => {
    const pdf = await buildPdf({ pages: ['One page.'] });
    expect(await detect(Buffer.concat([latin('HTTP/1.1 200 OK\r\n\r\n'), pdf]))).toBe('application/pdf');
    expect(await detect(Buffer.concat([Buffer.alloc(1000, 0x01), pdf]))).toBe('application/pdf');
    expect(await detect(Buffer.concat([latin('GIF8 junk\x01BM'), pdf]))).toBe('application/pdf');
    expect(await detect(Buffer.concat([Buffer.alloc(2000, 0x01), pdf]))).toBeNull();
  });

  it('are not PDF for speaking of it, nor behind a program', async () => {
    const pdf = await buildPdf({ pages: ['One page.'] });
    expect(await detect('A file begins with %PDF-1.7 and ends with a mark.')).toBe('text/plain');
    expect(await detect(Buffer.concat([latin('MZ\x90\0\x03\0\0\0'), pdf]))).toBeNull();
  });
});

describe('what Facet does not read', () => {
  it.each<[string, string, Buffer]>([
    ['a Windows program', 'photo.png', latin('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0')],
    ['an ELF program', 'photo.jpg', latin('\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0')],
    ['a Java class', 'a.txt', latin('\xca\xfe\xba\xbe\0\0\x004\0\x1d\n\0')],
    ['WebAssembly', 'a.pdf', latin('\0asm\x01\0\0\0\x01\x04\x01`\0\0')],
    ['gzip', 'a.svgz', gzipSync('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['bzip2', 'a.txt', latin('BZh91AY&SY\x17rE8P\x90\0\0\0\0')],
    ['7-Zip', 'a.docx', latin("7z\xbc\xaf'\x1c\0\x04\xfb\xa0\x02\x1b\0\0\0\0")],
    ['RAR', 'a.xlsx', latin('Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5\n\x01\x05\x06\0\x05\x01\x01')],
    ['xz', 'a.csv', latin('\xfd7zXZ\0\0\x04\xe6\xd6\xb4F\x02\0!\x01')],
    ['MP3 with tags', 'a.mp4', latin('ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x64\0\0')],
    ['MP3 without tags', 'a.mp4', Buffer.concat([latin('\xff\xfb\x90\x64'), Buffer.alloc(400)])],
    ['a picture behind a tag of sound', 'a.png', latin('ID3\x04\0\0\0\0\0\0\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['WAV', 'a.avi', latin('RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0')],
    ['Ogg', 'a.webm', latin('OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis\0')],
    ['FLAC', 'a.mkv', latin('fLaC\0\0\0"\x10\0\x10\0\0\0\x0e')],
    ['an icon', 'a.bmp', latin('\0\0\x01\0\x01\0\x10\x10\0\0\x01\0 \0')],
    ['Photoshop', 'a.tiff', latin('8BPS\0\x01\0\0\0\0\0\0\0\x03')],
    ['JPEG XL', 'a.jpg', latin('\xff\n\xfa\x1f\0\x90\x08\x0a\x10\x10')],
    ['JPEG 2000', 'a.jpg', latin('\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0')],
    ['a raw photo by Canon', 'a.tiff', latin('II*\0\x10\0\0\0CR\x02\0\0\0\0\0\0\0')],
    ['SQLite', 'a.csv', latin('SQLite format 3\0\x10\0\x01\x01\0@  ')],
    ['a program of Python', 'a.txt', latin('\xa7\r\r\n\0\0\0\0\x89\xf1\xd1f\x10\0\0\0\xe3\0\0\0')],
    ['zeros', 'a.txt', Buffer.alloc(4096)],
    ['RTF', 'a.txt', latin('{\\rtf1\\ansi Hello}')],
    ['PostScript', 'a.txt', latin('%!PS-Adobe-3.0\n%%Pages: 1\nshowpage\n')],
    ['GIF of no version', 'a.gif', latin('GIF90a\x10\0\x10\0\x80\0\0')],
    ['BM and no bitmap', 'a.bmp', Buffer.concat([latin('BM'), Buffer.alloc(60, 3)])],
    ['a byte', 'a.jpg', latin('\xff')],
    ['the first bytes of a JPEG', 'a.jpg', latin('\xff\xd8')],
    ['the first bytes of a PNG', 'a.txt', latin('\x89PNG')],
    ['a film cut off before its brand', 'a.mp4', latin('\0\0\0\x20ftypis')],
    ['half a header of Matroska', 'a.mkv', latin('\x1aE\xdf\xa3\x01')],
    ['a header of Matroska that never ends', 'a.mkv', latin('\x1aE\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xffB\x82\xff')],
  ])('%s named %s', async (_, filename, bytes) => {
    expect(await detect(bytes, filename)).toBeNull();
  });

  it('a tape archive', async () => {
    const header = Buffer.alloc(1024);
    header.write('a.txt', 0, 'latin1');
    header.write('ustar\x0000', 257, 'latin1');
    expect(await detect(header, 'a.txt')).toBeNull();
  });

  it('text with zeros far behind its beginning', async () => {
    const long = Buffer.alloc(300_000, 'words and words ');
    expect(await detect(long)).toBe('text/plain');
    long.fill(0, 299_000, 299_010);
    expect(await detect(long)).toBeNull();
    expect(
      await detect(Buffer.concat([long.subarray(0, 150_000), Buffer.alloc(9), long.subarray(0, 150_000)])),
    ).toBeNull();
  });
});

it('reports a file that it cannot read, rather than call it unknown', async () => {
  await expect(detectMediaType(join(folder, 'missing'), 'a.txt')).rejects.toThrow('ENOENT');
});
