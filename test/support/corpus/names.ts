import { mediaTypes, type MediaType } from '../../../src/media/media-type/media-type.js';
import { EXCEL, type HostileCase, type Makes, WORD } from './hostile-case.js';

/** Names that are meant for whoever puts them into a path, a command, a header, a page or a table. */
const NAMES: readonly (readonly [MediaType, string])[] = [
  ['image/png', '../../etc/passwd'],
  ['image/jpeg', '..\\..\\windows\\win.ini'],
  ['image/gif', 'con.jpg'],
  ['image/png', 'a\0.png'],
  ['text/plain', `${'very long '.repeat(600)}.txt`],
  ['application/pdf', '\u202efdp.exe'],
  ['image/webp', '-rf --help.webp'],
  ['video/mp4', '-i concat:x|y.mp4'],
  ['video/webm', '$(touch x)`touch y`;touch z.webm'],
  ['image/bmp', 'a"; name="features"; x=".bmp'],
  ['text/html', 'a.html\r\nX-Evil: 1\r\n\r\n<script>alert(1)</script>'],
  ['text/csv', '=HYPERLINK("http:x").csv'],
  ['text/markdown', '%2e%2e%2f%2e%2e%2fshadow.md'],
  ['image/tiff', '\u{1f4a3}\u200d\u200d\ufeff\u{1f4a3}.tiff'],
  ['image/svg+xml', ''],
  [EXCEL, '.'],
  [WORD, "'; DROP TABLE analyses; --.docx"],
];

/** Names that say another type than the bytes, and bytes that are none of the types. */
const DISGUISES: readonly (readonly [MediaType, string])[] = [
  ['image/png', 'report.docx'],
  ['video/mp4', 'holiday.jpg'],
  ['text/csv', 'drawing.svg'],
  ['text/html', 'photo.png'],
  ['application/pdf', 'film.mkv'],
  [WORD, 'clip.mp4'],
];

const FOREIGN: readonly (readonly [MediaType, string, Buffer])[] = [
  [
    'image/png',
    'a Windows program.png',
    Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0\x04\0', 'latin1'), Buffer.alloc(600)]),
  ],
  [
    'image/jpeg',
    'an ELF program.jpg',
    Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(600)]),
  ],
  ['video/mp4', 'nothing but zeros.mp4', Buffer.alloc(5000)],
];

export const hostileNames: Makes = function* (bases) {
  for (const [index, [base, filename]] of NAMES.entries())
    yield { name: `name ${index}: ${JSON.stringify(filename).slice(0, 40)}`, filename, bytes: bases[base], base };
  for (const [base, filename] of DISGUISES)
    yield { name: `${mediaTypes[base].extension} called ${filename}`, filename, bytes: bases[base], base };
  for (const [base, filename, bytes] of FOREIGN) yield { name: filename, filename, bytes, base } satisfies HostileCase;
};
