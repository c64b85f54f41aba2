import { cleanText } from '../../clean-text.js';
import type { DocumentMetadata } from '../../document-content.js';
import type { TextCollector } from '../../text-collector.js';
import { isoTime } from '../timestamps.js';

type Names = ReadonlySet<string>;

const HIDDEN: Names = new Set(['script', 'style', 'template', 'noscript', 'svg', 'math', 'iframe', 'object', 'title']);
const BLOCKS: Names = new Set(
  (
    'address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav ol option p pre search section select ' +
    'summary table tbody tfoot thead tr ul'
  ).split(' '),
);
const CREATED: Names = new Set(['date', 'dc.date', 'dcterms.created', 'article:published_time']);
const MODIFIED: Names = new Set(['last-modified', 'dcterms.modified', 'article:modified_time']);
const MAX_TITLE_CHARACTERS = 2000;

interface HtmlCounts {
  tables: number;
  images: number;
  links: number;
  headings: number;
}

/** What a reader of the page would see, a line a block, and what it says of itself. */
export class HtmlPage {
  readonly counts: HtmlCounts = { tables: 0, images: 0, links: 0, headings: 0 };
  private readonly meta = new Map<string, string>();
  private title = '';
  private inTitle = false;
  private hidden = 0;
  private preformatted = 0;
  private lineEmpty = true;
  private spacePending = false;

  constructor(private readonly out: TextCollector) {}

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'title' && this.hidden === 0) this.inTitle = true;
    if (HIDDEN.has(name)) this.hidden += 1;
    if (name === 'meta') this.remember(attributes);
    if (this.hidden > 0) return;
    this.count(name, attributes);
    if (name === 'pre') this.preformatted += 1;
    if (BLOCKS.has(name)) this.endLine();
    if ((name === 'td' || name === 'th') && !this.lineEmpty) this.out.write('\t');
  }

  text(piece: string): void {
    if (this.inTitle && this.title.length < MAX_TITLE_CHARACTERS) this.title += piece.slice(0, MAX_TITLE_CHARACTERS);
    if (this.hidden > 0) return;
    if (this.preformatted > 0) this.writeAsIs(piece);
    else this.writeCollapsed(piece);
  }

  close(name: string): void {
    if (HIDDEN.has(name)) this.hidden -= 1;
    if (name === 'title') this.inTitle = false;
    if (this.hidden > 0) return;
    if (name === 'pre') this.preformatted -= 1;
    if (BLOCKS.has(name)) this.endLine();
  }

  metadata(): DocumentMetadata {
    return {
      title: cleanText(this.title, 500),
      author: cleanText(this.meta.get('author') ?? this.meta.get('dc.creator') ?? '', 500),
      created: this.time(CREATED),
      modified: this.time(MODIFIED),
    };
  }

  private remember({ name, property, content }: Readonly<Record<string, string>>): void {
    const key = (name ?? property ?? '').toLowerCase();
    const wanted = key === 'author' || key === 'dc.creator' || CREATED.has(key) || MODIFIED.has(key);
    if (wanted && content !== undefined && !this.meta.has(key))
      this.meta.set(key, content.slice(0, MAX_TITLE_CHARACTERS));
  }

  private count(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'table') this.counts.tables += 1;
    else if (name === 'img') this.counts.images += 1;
    else if ((name === 'a' || name === 'area') && attributes.href !== undefined) this.counts.links += 1;
    else if (/^h[1-6]$/.test(name)) this.counts.headings += 1;
  }

  private writeAsIs(piece: string): void {
    if (piece === '') return;
    this.out.write(piece);
    this.lineEmpty = piece.endsWith('\n');
  }

  /** White space is one space between two words and none at a line's ends, also where pieces meet. */
  private writeCollapsed(piece: string): void {
    const collapsed = piece.replace(/[ \t\n\f\r]+/g, ' ');
    const words = collapsed.trim();
    if (words === '') {
      this.spacePending ||= collapsed !== '';
      return;
    }
    const apart = !this.lineEmpty && (this.spacePending || collapsed.startsWith(' '));
    this.out.write(apart ? ` ${words}` : words);
    this.spacePending = collapsed.endsWith(' ');
    this.lineEmpty = false;
  }

  private endLine(): void {
    if (!this.lineEmpty) this.out.write('\n');
    this.lineEmpty = true;
    this.spacePending = false;
  }

  private time(names: Names): string | null {
    for (const name of names) {
      const time = isoTime(this.meta.get(name) ?? '');
      if (time !== null) return time;
    }
    return null;
  }
}
