import { markdownEvidence } from './markdown-text.js';
import { type Root, rootOf } from './markup.js';
import type { MediaType } from './media-types.js';
import { tableEvidence } from './table-text.js';

/** Documents drawn by a program: their characters are not what they say. */
const DRAWN = /^\s*(?:\{\\rtf|%!PS)/;

/** Data and programs, which may look like tables or Markdown here and there. */
const DATA_OR_PROGRAM = /^\s*(?:#!|<\?php|<\?=|[{[]\s*(?:["{}[\]\d-]|true\b|false\b|null\b))/;

const HTML_ROOTS: readonly string[] = ['html', 'head', 'body', 'frameset'];

/** What a piece of a page may begin with. */
const HTML_ELEMENTS: readonly string[] = (
  'a abbr address area article aside audio b base blockquote br button canvas caption center cite code col colgroup ' +
  'datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 ' +
  'header hgroup hr i iframe img input ins kbd label legend li link main map mark menu meta nav noscript object ol ' +
  'option p picture pre q s samp script section select small source span strong style sub summary sup table tbody td ' +
  'template textarea tfoot th thead time title tr u ul var video'
).split(' ');

const MARKDOWN_NAMES: readonly string[] = ['md', 'markdown', 'mdown', 'mkd', 'mkdn'];
const TABLE_NAMES: readonly string[] = ['csv', 'tsv', 'tab'];
const PAGE_NAMES: readonly string[] = ['html', 'htm', 'xhtml'];

/**
 * Which kind of text this is, by its content, and by the extension where the content leaves it open. JSON, XML, logs and
 * programs are plain text; null for RTF and PostScript.
 * @param text the file's beginning
 * @param whole whether that is the whole file
 */
export function textType(text: string, extension: string, whole: boolean): MediaType | null {
  if (DRAWN.test(text)) return null;
  const root = rootOf(text);
  if (root?.name === 'svg' && !root.html) return 'image/svg+xml';
  if (root && (root.html || HTML_ROOTS.includes(root.name.toLowerCase()))) return 'text/html';
  if (DATA_OR_PROGRAM.test(text) || isOtherXml(text, root)) return 'text/plain';
  return looseType(text, extension, root, whole);
}

const isOtherXml = (text: string, root: Root | null): boolean =>
  root !== null && (/^\s*<\?xml/.test(text) || !HTML_ELEMENTS.includes(root.name.toLowerCase()));

/** Kinds that differ by degrees only. */
function looseType(text: string, extension: string, root: Root | null, whole: boolean): MediaType {
  const table = tableEvidence(text, whole);
  const markdown = markdownEvidence(text);
  if (table === 'clear' && markdown === 'none') return 'text/csv';
  if (TABLE_NAMES.includes(extension) && !(table === 'none' && (root || markdown === 'clear'))) return 'text/csv';
  if (MARKDOWN_NAMES.includes(extension)) return 'text/markdown';
  if (markdown === 'clear') return 'text/markdown';
  if (root || (PAGE_NAMES.includes(extension) && hasElement(text))) return 'text/html';
  return table === 'clear' ? 'text/csv' : 'text/plain';
}

const hasElement = (text: string): boolean =>
  [...text.matchAll(/<\/?([a-z][a-z0-9]{0,9})[\s/>]/gi)].some(([, name = '']) =>
    HTML_ELEMENTS.includes(name.toLowerCase()),
  );
