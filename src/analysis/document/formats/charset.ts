import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

import { documentUnreadable } from '../../analysis.failures.js';

const SAMPLE_BYTES = 4096;

/**
 * The lines' charset: what a byte order mark says, UTF-16 told by its zero bytes, UTF-8 where the whole file is valid, what
 * `declared` finds in the first bytes, and windows-1252 for the rest.
 * @throws WorkFailure document_unreadable for bytes that are no text.
 */
export async function charsetOf(path: string, declared: (head: string) => string | null = () => null): Promise<string> {
  const head = await firstBytes(path);
  const certain = byMark(head) ?? byZeros(head);
  if (certain !== null) return certain;
  if (head.includes(0)) throw documentUnreadable();
  if (await isWhollyUtf8(path)) return 'utf-8';
  const { default: iconv } = await import('iconv-lite');
  const name = declared(head.toString('latin1'));
  return name !== null && isPlainCharset(name) && iconv.encodingExists(name) ? name : 'windows-1252';
}

/** The file's text in pieces, decoded as it is read; broken sequences become U+FFFD. */
export async function* decodedText(path: string, charset: string): AsyncGenerator<string> {
  const { default: iconv } = await import('iconv-lite');
  const decoder = iconv.getDecoder(charset);
  for await (const chunk of bytesOf(path)) yield decoder.write(chunk);
  yield decoder.end() ?? '';
}

function byMark(head: Buffer): string | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return null;
}

/** Western text in UTF-16 has a zero in nearly every second byte. */
function byZeros(head: Buffer): string | null {
  const zeros = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = head.length * 0.3;
  if (odd > most && even === 0) return 'utf-16le';
  return even > most && odd === 0 ? 'utf-16be' : null;
}

/** Charsets of iconv-lite that are no charsets (base64, hex) or need another kind of scan are not taken from a page. */
function isPlainCharset(name: string): boolean {
  return /^(iso-?8859|windows-?125|cp125|koi8|shift_jis|sjis|euc-|gb|big5|macintosh)/i.test(name);
}

async function firstBytes(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: SAMPLE_BYTES - 1 }))
    chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
}

async function isWhollyUtf8(path: string): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytesOf(path)) {
    const bytes = Buffer.concat([rest, chunk]);
    const cut = lastBoundary(bytes);
    if (!isUtf8(bytes.subarray(0, cut))) return false;
    rest = bytes.subarray(cut);
  }
  return isUtf8(rest);
}

/** Where the last character that may be incomplete begins. */
function lastBoundary(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 4); at -= 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return at;
  }
  return bytes.length;
}

function bytesOf(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}
