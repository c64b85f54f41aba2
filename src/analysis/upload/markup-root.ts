/** Steps over declarations and comments before the root; more than that is no document that anybody wrote. */
const MAX_STEPS = 1_000;

/**
 * The lower-case local name of the first element of a markup text, `!doctype html` for HTML that says so, null when
 * the text does not begin with markup. Every step moves forward, so the time is linear.
 */
export function rootElement(text: string): string | null {
  let at = 0;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    at = skipSpace(text, at);
    if (text.startsWith('<!--', at)) at = after(text, '-->', at);
    else if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (/^<!doctype/i.test(text.slice(at, at + 9))) {
      if (/^<!doctype\s+html[\s>]/i.test(text.slice(at, at + 40))) return '!doctype html';
      at = afterDoctype(text, at);
    } else return nameAt(text, at);
    if (at < 0) return null;
  }
  return null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text.charAt(at))) at += 1;
  return at;
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found < 0 ? -1 : found + end.length;
}

/** A document type may hold declarations of its own in brackets. */
function afterDoctype(text: string, from: number): number {
  const close = text.indexOf('>', from);
  const bracket = text.indexOf('[', from);
  if (bracket < 0 || close < bracket) return close < 0 ? -1 : close + 1;
  const end = after(text, ']', bracket);
  return end < 0 ? -1 : after(text, '>', end);
}

function nameAt(text: string, at: number): string | null {
  const [, name] = /^<(?:[a-z_][\w.-]{0,50}:)?([a-z][a-z0-9]{0,50})[\s/>]/i.exec(text.slice(at, at + 120)) ?? [];
  return name?.toLowerCase() ?? null;
}
