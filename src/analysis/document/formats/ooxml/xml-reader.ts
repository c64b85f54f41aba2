import { TextDecoder } from 'node:util';

import type { SaxesTagPlain } from 'saxes';

import { documentUnreadable } from '../../../analysis.failures.js';

/** Nested tables in Word reach about fifty. */
const MAX_DEPTH = 512;

/**
 * Attributes by their names without prefix, since files are free in their choice of prefixes; `qualified` wants one that
 * has a prefix (`r:id` beside `id`).
 */
export type XmlAttributes = (name: string, kind?: 'qualified') => string | undefined;

/** Called with element names without prefix. */
export interface XmlHandlers {
  open?(name: string, attributes: XmlAttributes): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads XML in pieces, without ever holding a tree. Document type declarations are refused before they could declare an
 * entity, so nothing is expanded and nothing outside is looked at.
 * @throws WorkFailure document_unreadable
 */
export async function readXml(chunks: AsyncIterable<Buffer>, handlers: XmlHandlers): Promise<void> {
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ position: false, xmlns: false } as const);
  let depth = 0;
  parser.on('doctype', refuse);
  parser.on('error', refuse);
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > MAX_DEPTH) refuse();
    handlers.open?.(localName(tag.name), attributesOf(tag));
  });
  parser.on('text', (text) => handlers.text?.(text));
  parser.on('cdata', (text) => handlers.text?.(text));
  parser.on('closetag', (tag) => {
    depth -= 1;
    handlers.close?.(localName(tag.name));
  });
  for await (const text of decoded(chunks)) parser.write(text);
  parser.close();
}

async function* decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder) yield decoder.decode();
}

function refuse(): never {
  throw documentUnreadable();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function attributesOf({ attributes }: SaxesTagPlain): XmlAttributes {
  return (name, kind) => {
    for (const key in attributes) {
      if (localName(key) === name && (kind === undefined || key !== name)) return attributes[key];
    }
    return undefined;
  };
}

/** The packaging standard knows UTF-8 and UTF-16 only. */
function encodingOf(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';
}
