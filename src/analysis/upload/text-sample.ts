import { type FileHandle, open } from 'node:fs/promises';

/** Bytes looked at from the beginning, and from the middle and the end. */
const HEAD = 65_536;
const PIECE = 16_384;

/** Bytes before a PDF's header that readers forgive. */
const PDF_JUNK = 1_024;

/** Characters that no text holds: controls but for tab, line feed, form feed and carriage return. */
const CONTROL = /(?![\t\n\f\r\u0080-\u009f])\p{Cc}/u;

/** Positions that windows-1252 leaves empty. */
const UNDEFINED_1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

export interface TextSample {
  /** The beginning, without a byte order mark. */
  readonly head: string;
  /** Whether the file goes on after the head. */
  readonly cut: boolean;
}

/** The beginning of a text, null when the head, the middle or the end of the file is none. */
export async function sampleText(path: string): Promise<TextSample | null> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const pieces = [await read(file, 0, HEAD)];
    if (size > HEAD)
      pieces.push(await read(file, Math.floor(size / 4) * 2, PIECE), await read(file, size - PIECE, PIECE));
    const decode = decoderFor(pieces);
    if (!decode) return null;
    const [head = '', ...rest] = pieces.map(decode);
    if ([head, ...rest].some((text) => CONTROL.test(text))) return null;
    return { head: head.replace(/^\ufeff/, ''), cut: size > HEAD };
  } finally {
    await file.close();
  }
}

/** Whether a PDF begins behind a little junk. */
export async function hasPdfHeader(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    return (await read(file, 0, PDF_JUNK)).includes('%PDF-');
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, position));
  return buffer.subarray(0, bytesRead);
}

function decoderFor(pieces: readonly Buffer[]): ((bytes: Buffer) => string) | null {
  const [head] = pieces;
  if (!head) return null;
  if (head[0] === 0xff && head[1] === 0xfe) return (bytes) => new TextDecoder('utf-16le').decode(bytes);
  if (head[0] === 0xfe && head[1] === 0xff) return (bytes) => new TextDecoder('utf-16be').decode(bytes);
  if (pieces.every(isUtf8)) return (bytes) => bytes.toString('utf8');
  if (pieces.every(isWindows1252)) return (bytes) => new TextDecoder('windows-1252').decode(bytes);
  return null;
}

/** A piece may begin and end within a character. */
function isUtf8(bytes: Buffer): boolean {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start), { stream: true });
    return true;
  } catch {
    return false;
  }
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** Western text: mostly ASCII, some letters above it, nothing where the code page is empty. */
function isWindows1252(bytes: Buffer): boolean {
  let high = 0;
  for (const byte of bytes) {
    if (UNDEFINED_1252.includes(byte)) return false;
    if (byte >= 0x80) high += 1;
  }
  return high <= bytes.length * 0.3;
}
