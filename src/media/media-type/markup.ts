/** The element that a page or drawing begins with. */
export interface Root {
  /** Without a prefix, as it is written. */
  readonly name: string;
  /** Whether a document type says that this is HTML. */
  readonly html: boolean;
}

const SPACE = /\s*/y;
const ASIDE = /<!--|<\?(?!php|=)/iy;
const DOCTYPE = /<!doctype\s+([\w:.-]*)/iy;
const ELEMENT = /<(?:[\w.-]{1,100}:)?([A-Za-z_][\w.-]{0,100})(?=[\s/>]|$)/y;

/**
 * The root element behind the XML declaration, comments, processing instructions and document type; null when the text
 * does not begin as markup does. A program in PHP is none. One pass, whatever the text is made of.
 */
export function rootOf(text: string): Root | null {
  let at = 0;
  let html = false;
  for (;;) {
    at += match(SPACE, text, at)?.[0].length ?? 0;
    const doctype = match(DOCTYPE, text, at);
    if (doctype?.[1]?.toLowerCase() === 'html') html = true;
    const end = doctype ? endOfDoctype(text, at) : endOfAside(text, at);
    if (end === null) break;
    at = end;
  }
  const name = match(ELEMENT, text, at)?.[1];
  if (name !== undefined) return { name, html };
  return html ? { name: 'html', html } : null;
}

/** Where a comment or a processing instruction ends; null when there is none here, or it does not end. */
function endOfAside(text: string, at: number): number | null {
  const beginning = match(ASIDE, text, at)?.[0];
  if (beginning === undefined) return null;
  return beginning === '<?' ? after(text, '?>', at) : after(text, '-->', at + 4);
}

/** An internal subset in brackets may hold quotes and comments, and these the signs that would end it. */
function endOfDoctype(text: string, from: number): number | null {
  let depth = 0;
  for (let at: number | null = from; at !== null && at < text.length;) {
    const sign = text.charAt(at);
    if (sign === '>' && depth <= 0) return at + 1;
    if (sign === '[') depth += 1;
    if (sign === ']') depth -= 1;
    if (sign === '"' || sign === "'") at = after(text, sign, at + 1);
    // One that never ends ends it all: to go on behind its first sign would be to search the rest from every sign on.
    else at = match(ASIDE, text, at) ? endOfAside(text, at) : at + 1;
  }
  return null;
}

function after(text: string, mark: string, from: number): number | null {
  const at = text.indexOf(mark, from);
  return at < 0 ? null : at + mark.length;
}

function match(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}
