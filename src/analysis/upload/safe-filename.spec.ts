import { safeFilename } from './safe-filename.js';

it.each([
  ['report.pdf', 'report.pdf'],
  ['Ảnh của tôi – 写真 🎉.PNG', 'Ảnh của tôi – 写真 🎉.PNG'],
  ['archive.tar.gz', 'archive.tar.gz'],
  ['no extension', 'no extension'],
])('leaves %j alone', (given, kept) => {
  expect(safeFilename(given)).toBe(kept);
});

it.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\me\\photo.jpg', 'photo.jpg'],
  ['/', 'file'],
  ['..', 'file'],
  ['', 'file'],
  [undefined, 'file'],
  ['   ', 'file'],
  ['.htaccess', 'htaccess'],
  ['--rf', 'rf'],
  ['name. . .', 'name'],
  ['a\r\nSet-Cookie: x.png', 'aSet-Cookie x.png'],
  ['\u202egpj.exe', 'gpj.exe'],
  ['zero\u200bwidth\ufeff.txt', 'zerowidth.txt'],
  ['half \ud83d.png', 'half .png'],
  ['<img src="x" onerror=alert(1)>.png', 'img src=x onerror=alert(1).png'],
  ['%2e%2e%2fx', '%2e%2e%2fx'],
])('makes %j harmless', (given, kept) => {
  expect(safeFilename(given)).toBe(kept);
});

it('takes the same letters for the same, however they are composed', () => {
  expect(safeFilename('u\u0308ber.txt')).toBe('\u00fcber.txt');
});

it('keeps 200 characters and the extension, and never half of one', () => {
  expect(safeFilename(`${'x'.repeat(500)}.jpeg`)).toBe(`${'x'.repeat(195)}.jpeg`);
  expect(safeFilename(`x${'🎉'.repeat(200)}.png`)).toBe(`x${'🎉'.repeat(97)}.png`);
  expect(safeFilename('x'.repeat(500))).toHaveLength(200);
  expect(safeFilename(`a.${'x'.repeat(300)}`)).toHaveLength(200);
});
