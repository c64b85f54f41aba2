import { malformedRequest } from '../../errors.js';

export interface JsonBounds {
  /** Levels of arrays and objects. */
  readonly depth: number;
  /** Members of objects and elements of arrays, all levels together. */
  readonly values: number;
  /** Characters of a member's name, as it is written. */
  readonly nameLength: number;
}

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Holds JSON against the bounds in one pass over its characters, before anything is built of it. Whether it is JSON at
 * all is for the parser to say. Each comma and each opening bracket counts as one value.
 * @throws malformed_request
 */
export function checkJson(text: string, bounds: JsonBounds): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfName(text, at, bounds);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth += 1;
        values += 1;
        if (depth > bounds.depth) throw malformedRequest(`The JSON has more than ${bounds.depth} levels.`);
        if (values > bounds.values) throw tooManyValues(bounds);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        if (values > bounds.values) throw tooManyValues(bounds);
    }
  }
}

const tooManyValues = ({ values }: JsonBounds) => malformedRequest(`The JSON has more than ${values} values.`);

/** Returns where the string that begins at `start` ends, be it a name or a value. */
function endOfName(text: string, start: number, { nameLength }: JsonBounds): number {
  const end = endOfString(text, start);
  if (end - start - 1 > nameLength && isName(text, end)) {
    throw malformedRequest(`The JSON has a name of more than ${nameLength} characters.`);
  }
  return end;
}

/** The quote that closes a string; the end of the text when none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Whether what ends here is the name of a member: a colon follows. */
function isName(text: string, end: number): boolean {
  let next = end + 1;
  while (' \t\r\n'.includes(text.charAt(next)) && next < text.length) next += 1;
  return text.charCodeAt(next) === COLON;
}
