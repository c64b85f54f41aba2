import { isUtf8 } from 'node:buffer';
import type { FileSample } from './file-sample.js';

/** Tab, line feed, form feed, carriage return, and the escape that colours logs. */
const ALLOWED_CONTROLS: readonly number[] = [0x09, 0x0a, 0x0c, 0x0d, 0x1b];

/** What is no character of windows-1252. */
const UNDEFINED: readonly number[] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** Where the first bytes of characters of 0, 1, 2, 3 and 4 bytes of UTF-8 end. */
const ENDS: readonly number[] = [0, 0xc0, 0xe0, 0xf0, 0xf8];

/** Letters of Western languages and quotes, which a text may begin with; `ÿ` begins JPEG and none of their words. */
const BEGINNING = /^[\0-\x7f\x82\x84\x8a\x8c\x8e\x91\x93\x9a\x9c\x9e\xa1\xa7\xa9\xab\xb0\xb7\xbf-\xfe]/;

const MARKUP = /^\s*<(?:!doctype|!--|\?xml|html|head|svg)/i;

/**
 * The beginning of a file as text, null when its bytes are none: UTF-8 (a few broken characters are a damaged text),
 * UTF-16 by its mark, and what is plausible as windows-1252. Markup may be in any charset that keeps ASCII, since it
 * names its own.
 */
export function decodeText({ head, others }: FileSample): string | null {
  const utf16 = utf16Of(head);
  if (utf16) return decodeUtf16([head, ...others], utf16);
  const parts = [head, ...others.map(withoutTornBeginning)].map(withoutTornEnd);
  if (head.length === 0 || parts.some(hasControls)) return null;
  if (parts.every(isNearlyUtf8)) return new TextDecoder('utf-8').decode(head);
  // What tells the kinds of text apart is ASCII.
  const text = head.toString('latin1');
  return MARKUP.test(text) || isWestern(parts) ? text : null;
}

function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
}

/** Binary data would be full of lone surrogates, controls and numbers without a character. */
function decodeUtf16(parts: readonly Buffer[], charset: 'utf-16le' | 'utf-16be'): string | null {
  const texts = parts.map((part) => new TextDecoder(charset).decode(part));
  const all = texts.join('');
  const controls = (all.match(/\p{Cc}/gu) ?? []).some((sign) => isControl(sign.charCodeAt(0)));
  const wrong = all.match(/[\ufffd\p{Cn}\p{Co}]/gu)?.length ?? 0;
  return controls || all === '' || wrong > allowedDamage(all.length) ? null : (texts[0] ?? null);
}

const hasControls = (bytes: Buffer): boolean => bytes.some(isControl);

const isControl = (code: number): boolean => (code < 0x20 || code === 0x7f) && !ALLOWED_CONTROLS.includes(code);

/** Without the rest of a character of UTF-8 that began before the part did. */
function withoutTornBeginning(part: Buffer): Buffer {
  const start = part.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return part.subarray(Math.max(0, start));
}

/** Without a character of UTF-8 whose rest lies behind the part, unless the part is little more than that. */
function withoutTornEnd(part: Buffer): Buffer {
  const ending = part.subarray(-3);
  const start = ending.findLastIndex((byte) => byte >= 0xc0);
  const bytes = ENDS.findIndex((end) => (ending[start] ?? 0) < end);
  const torn = start >= 0 && part.length > 16 && ending.length - start < bytes;
  return torn ? part.subarray(0, part.length - ending.length + start) : part;
}

function isNearlyUtf8(bytes: Buffer): boolean {
  if (isUtf8(bytes)) return true;
  const text = new TextDecoder('utf-8').decode(bytes);
  const broken = text.match(/\ufffd/g)?.length ?? 0;
  const intact = text.match(/[^\0-\x7f\ufffd]/g)?.length ?? 0;
  return broken <= allowedDamage(text.length) && broken < intact;
}

const allowedDamage = (characters: number): number => Math.max(1, characters / 100);

function isWestern(parts: readonly Buffer[]): boolean {
  const bytes = Buffer.concat(parts);
  const high = bytes.filter((byte) => byte >= 0x80);
  return (
    high.length <= 0.3 * bytes.length &&
    !high.some((byte) => UNDEFINED.includes(byte)) &&
    BEGINNING.test(bytes.toString('latin1', 0, 1))
  );
}
