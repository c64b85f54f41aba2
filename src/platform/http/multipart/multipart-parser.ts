import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';

/** Of @fastify/busboy, what has no option. */
interface Parser {
  readonly _parser?: { readonly parser: EventEmitter & { readonly _bparser: { maxMatches: number } } };
}

/** Header fields of one part, by their names in small letters. */
type PartHeader = Record<string, string[] | undefined>;

/**
 * Bounds what the parser of a form does, which is made only when the request is read.
 * @param maxParts of the form. The parser tells of one more at once, but would go on to make streams of all that are in
 * the same read of the socket: thousands.
 */
export function guardParser(request: IncomingMessage, maxParts: number): void {
  request.pipe = <Destination extends NodeJS.WritableStream>(destination: Destination): Destination => {
    Reflect.deleteProperty(request, 'pipe');
    const parser = (destination as Parser)._parser?.parser;
    if (parser) {
      parser.prependListener('part', cleanFilename);
      // Each part begins with a match; beyond them are one that is too many and the end.
      parser._bparser.maxMatches = maxParts + 2;
    }
    return request.pipe(destination);
  };
}

/** Takes encoded control characters out of a `filename*`: the parser would ignore a part whose name has a line break. */
function cleanFilename(part: EventEmitter): void {
  part.prependListener('header', (header: PartHeader) => {
    header['content-disposition'] &&= header['content-disposition'].map((value) =>
      value.replace(/filename\*\s*=[^;]*/gi, (parameter) => parameter.replace(/%(?:[01][0-9a-f]|7f)/gi, '')),
    );
  });
}
