const CONTROL = /[\p{Cc}\ufffe\uffff]+/gu;

/**
 * A short text that any JSON store takes: white space collapsed, no control characters, no half of a surrogate pair, at
 * most `limit` characters, cut at a word where there is one. Null when nothing is left.
 */
export function cleanText(value: string, limit: number): string | null {
  const window = value.slice(0, limit * 4);
  const line = wellFormed(window).replace(/\s+/g, ' ').replace(CONTROL, '').trim();
  return cutAtWord(line, limit) || null;
}

/** Lone surrogates become U+FFFD; PostgreSQL refuses them in JSON. */
export function wellFormed(value: string): string {
  return Buffer.from(value, 'utf8').toString('utf8');
}

function cutAtWord(line: string, limit: number): string {
  const characters = Array.from(line);
  if (characters.length <= limit) return line;
  const cut = characters.slice(0, limit + 1).join('');
  const space = cut.lastIndexOf(' ');
  // A language without spaces, or one endless word, is cut where it must be.
  return space > cut.length / 2 ? cut.slice(0, space) : characters.slice(0, limit).join('');
}
