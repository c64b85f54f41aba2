import { isUtf8 } from 'node:buffer';
import { malformed } from './csv-fault.js';
import { lineBreaks } from './csv-record.js';

const LINE_FEED = 0x0a;

/** How many bytes at the start of a file are a mark of UTF-8 and not text. */
export const markLength = (bytes: Buffer): number =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;

/** @throws CsvFault when a file begins as UTF-16 or UTF-32 does. */
export function refuseOtherEncodings(bytes: Buffer): void {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw malformed(1, 'The file is UTF-16; save it as UTF-8.');
  }
}

/**
 * Checks that whole lines are text.
 * @param line the one that the bytes begin with.
 * @throws CsvFault with the line of the first byte that is none.
 */
export function checkText(bytes: Buffer, line: number): void {
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw malformed(line + lineBreaks(bytes, 0, nul), 'The file is binary: it has a NUL byte.');
  if (isUtf8(bytes)) return;
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found + 1;
    if (!isUtf8(bytes.subarray(start, end))) {
      throw malformed(line + lineBreaks(bytes, 0, start), 'The file is not UTF-8.');
    }
    start = end;
  }
}
