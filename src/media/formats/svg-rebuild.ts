import { SaxesParser } from 'saxes';
import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import { WorkFailure } from '../../platform/work-failure.js';

/** A drawing of which only harmless parts are left. */
export interface RebuiltSvg {
  /** Of the outermost element, without names of other namespaces. */
  readonly root: ReadonlyMap<string, string>;
  /** What is inside it, as XML. Each embedded image stands in a piece of its own. */
  readonly content: string[];
  readonly embedded: readonly EmbeddedPicture[];
}

export interface EmbeddedPicture {
  /** Index into `content` of the attribute that holds it, to be emptied if the image will not do. */
  readonly piece: number;
  readonly bytes: Buffer;
}

const SVG = 'http://www.w3.org/2000/svg';
const XLINK = 'http://www.w3.org/1999/xlink';

const MAX_ELEMENTS = 100_000;
const MAX_DEPTH = 200;
const MAX_EMBEDDED = 100;

/** Nothing that moves, listens, scripts, includes or holds another language. */
const ELEMENTS = new Set([
  ...['svg', 'g', 'defs', 'symbol', 'use', 'switch', 'a', 'style', 'image'],
  ...['path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'text', 'tspan', 'textPath'],
  ...['linearGradient', 'radialGradient', 'stop', 'clipPath', 'mask', 'pattern', 'marker', 'filter'],
]);

/** The parts of a filter, except the one that shows another image. */
const isFilterPart = (name: string) => /^fe[A-Z][A-Za-z]+$/.test(name) && name !== 'feImage';

const EMBEDDED = /^\s*data:image\/(?:png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+)$/i;

/**
 * CSS that may reach beyond the drawing: an address that is no `#fragment`, an import, or an escape that could hide
 * either.
 */
const REACHES_OUT = /\\|@import|@font-face|@namespace|(?:url|src|image|image-set)\s*\(\s*(?!['"]?#)/i;

/**
 * Parses a drawing and writes a new one from known elements and attributes alone, references reaching no further than
 * the drawing itself. Document types are dropped and with them every entity.
 *
 * @throws WorkFailure `svg_too_complex`
 * @throws Error when it is not well-formed, or uses an entity that XML does not know
 */
export function rebuildSvg(source: string): RebuiltSvg {
  const writer = new SvgWriter();
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('opentag', (tag) => {
    writer.open(tag);
  });
  parser.on('closetag', () => {
    writer.close();
  });
  parser.on('text', (text) => {
    writer.text(text);
  });
  parser.on('cdata', (text) => {
    writer.text(text);
  });
  parser.write(source).close();
  return writer.finish();
}

class SvgWriter {
  private readonly content: string[] = [];
  private readonly embedded: EmbeddedPicture[] = [];
  private readonly path: { name: string; dropped: boolean }[] = [];
  private root?: Map<string, string>;
  private sheet = '';
  private elements = 0;

  open(tag: SaxesTagNS): void {
    const parent = this.path.at(-1);
    const dropped = parent?.dropped === true || parent?.name === 'style' || !isDrawn(tag);
    this.path.push({ name: tag.local, dropped });
    this.elements += 1;
    if (this.path.length > MAX_DEPTH || this.elements > MAX_ELEMENTS) throw svgTooComplex();
    if (dropped) return;
    const attributes = harmlessAttributes(Object.values(tag.attributes));
    if (!parent) this.root = attributes;
    else if (tag.local === 'style') this.sheet = '';
    else this.write(tag.local, attributes);
  }

  text(text: string): void {
    const parent = this.path.at(-1);
    if (!parent || parent.dropped) return;
    if (parent.name === 'style') this.sheet += text;
    else this.content.push(escape(text));
  }

  close(): void {
    const element = this.path.pop();
    if (!element || element.dropped || this.path.length === 0) return;
    if (element.name !== 'style') this.content.push(`</${element.name}>`);
    // Judged as a whole: a comment between two pieces of text could cut a word in half.
    else if (!REACHES_OUT.test(this.sheet)) this.content.push(`<style>${escape(this.sheet)}</style>`);
  }

  finish(): RebuiltSvg {
    if (!this.root) throw new Error('The outermost element is not svg.');
    return { root: this.root, content: this.content, embedded: this.embedded };
  }

  private write(name: string, attributes: ReadonlyMap<string, string>): void {
    this.content.push(`<${name}`);
    for (const [attribute, value] of attributes) {
      const [, base64] = attribute === 'href' ? (EMBEDDED.exec(value) ?? []) : [];
      if (base64 !== undefined) {
        if (this.embedded.length === MAX_EMBEDDED) throw svgTooComplex();
        this.embedded.push({ piece: this.content.length, bytes: Buffer.from(base64, 'base64') });
      }
      this.content.push(` ${attribute}="${escape(value)}"`);
    }
    this.content.push('>');
  }
}

const isDrawn = ({ local, uri }: SaxesTagNS) =>
  (uri === SVG || uri === '') && (ELEMENTS.has(local) || isFilterPart(local));

function harmlessAttributes(attributes: readonly SaxesAttributeNS[]): Map<string, string> {
  const kept = new Map<string, string>();
  for (const { uri, local, prefix, value } of attributes) {
    if (local === 'href' && (uri === '' || uri === XLINK)) {
      if (/^\s*#/.test(value) || EMBEDDED.test(value)) kept.set('href', value.trim());
    } else if (prefix === 'xml' && local === 'space') kept.set('xml:space', value);
    else if (prefix === '' && uri === '' && !/^on|^xmlns$/i.test(local) && !REACHES_OUT.test(value))
      kept.set(local, value);
  }
  return kept;
}

/** As an attribute's value, and as text too. */
export const escape = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

const svgTooComplex = () => new WorkFailure('svg_too_complex', 'The drawing has more elements than are drawn here.');
