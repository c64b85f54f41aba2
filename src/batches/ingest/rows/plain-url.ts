/** Bytes of the longest URL that is looked at here. */
const LONGEST = 4_096;

/** Characters that WHATWG's parser leaves alone in a path and in a query. */
const PLAIN = marks('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&()*+,;=:@/%?');
const HOST = marks('abcdefghijklmnopqrstuvwxyz0123456789-');
const LETTER = marks('abcdefghijklmnopqrstuvwxyz');

const SCHEMES = ['http://', 'https://'].map((scheme) => Buffer.from(scheme));
const [DOT, SLASH, HYPHEN, PERCENT, TWO, QUESTION] = [0x2e, 0x2f, 0x2d, 0x25, 0x32, 0x3f];

/** Characters of a label and of a name at most (RFC 1035). */
const [LONGEST_LABEL, LONGEST_NAME] = [63, 253];

/**
 * Whether the bytes are surely a URL that normalisation would leave as it is: http or https, a plain name of at least two
 * labels without a port, a path without dots at the start of a segment, nothing that would have to be encoded. Nine rows
 * of ten are such; the URL parser, which costs ten times as much, is left to the others.
 */
export function isPlainUrl(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > LONGEST) return false;
  const host = hostStart(bytes, start, end);
  const path = host < 0 ? -1 : nameEnd(bytes, host, end);
  if (path < 0 || path === end || bytes[path] !== SLASH) return false;
  let query = false;
  for (let at = path + 1; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (PLAIN[byte] !== 1) return false;
    if (byte === QUESTION) query = true;
    // A segment of dots, plain or encoded, leads elsewhere.
    else if (!query && bytes[at - 1] === SLASH && (byte === DOT || (byte === PERCENT && bytes[at + 1] === TWO)))
      return false;
  }
  return true;
}

function marks(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) table[byte] = 1;
  return table;
}

function hostStart(bytes: Buffer, start: number, end: number): number {
  for (const scheme of SCHEMES) {
    if (end - start > scheme.length && startsWith(bytes, start, scheme)) return start + scheme.length;
  }
  return -1;
}

function startsWith(bytes: Buffer, start: number, wanted: Buffer): boolean {
  for (let at = 0; at < wanted.length; at++) {
    if (bytes[start + at] !== wanted[at]) return false;
  }
  return true;
}

/** Where a name ends that begins here; -1 when it is not a plain one. */
function nameEnd(bytes: Buffer, start: number, end: number): number {
  let label = start;
  let labels = 0;
  for (let at = start; at <= end; at++) {
    const byte = at < end ? (bytes[at] ?? 0) : SLASH;
    if (HOST[byte] === 1) {
      // Two hyphens may begin what is encoded in Punycode.
      if (byte === HYPHEN && (at === label || bytes[at - 1] === HYPHEN)) return -1;
      continue;
    }
    if (at === label || at - label > LONGEST_LABEL || bytes[at - 1] === HYPHEN) return -1;
    labels += 1;
    if (byte === DOT) label = at + 1;
    // A last label that begins with a digit may make an address of it all.
    else
      return labels > 1 && LETTER[bytes[label] ?? 0] === 1 && at - start <= LONGEST_NAME && !isLocal(bytes, label, at)
        ? at
        : -1;
  }
  return -1;
}

const LOCALHOST = Buffer.from('localhost');

const isLocal = (bytes: Buffer, label: number, end: number): boolean =>
  end - label === LOCALHOST.length && startsWith(bytes, label, LOCALHOST);
