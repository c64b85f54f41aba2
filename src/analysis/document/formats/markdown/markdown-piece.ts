import type { Token } from 'markdown-it';

import { cleanText } from '../../clean-text.js';
import type { TextCollector } from '../../text-collector.js';

/** After these a line ends. */
const LINE_ENDS: ReadonlySet<string> = new Set(['paragraph_close', 'heading_close', 'tr_close']);

/** Writes what the marks of Markdown leave to read, and counts what they make. The first heading is the title. */
export class MarkdownPiece {
  readonly counts = { tables: 0, images: 0, links: 0, headings: 0 };
  title: string | null = null;
  private inHeading = false;
  private rowHasCells = false;

  constructor(private readonly out: TextCollector) {}

  add(tokens: readonly Token[]): void {
    for (const token of tokens) this.block(token);
  }

  private block(token: Token): void {
    const { type, content, children } = token;
    if (type === 'heading_open') this.counts.headings += 1;
    if (type === 'table_open') this.counts.tables += 1;
    this.inHeading = type === 'heading_open' || (this.inHeading && type !== 'heading_close');
    if (type === 'inline') this.inline(children ?? []);
    else if (type === 'fence' || type === 'code_block') this.out.write(`${content.trimEnd()}\n\n`);
    else if (type === 'html_block') this.html(content);
    else if (LINE_ENDS.has(type)) this.out.write(type === 'tr_close' ? '\n' : '\n\n');
    else if (type === 'tr_open') this.rowHasCells = false;
    else if (type === 'td_open' || type === 'th_open') this.startCell();
  }

  private startCell(): void {
    if (this.rowHasCells) this.out.write('\t');
    this.rowHasCells = true;
  }

  private inline(children: readonly Token[]): void {
    const text = children.map((child) => this.inlineText(child)).join('');
    if (this.inHeading) this.title ??= cleanText(text, 500);
    this.out.write(text);
  }

  private inlineText({ type, content }: Token): string {
    if (type === 'link_open') this.counts.links += 1;
    else if (type === 'image') this.counts.images += 1;
    else if (type === 'html_inline') this.html(content);
    else if (type === 'softbreak' || type === 'hardbreak') return '\n';
    return type === 'text' || type === 'code_inline' || type === 'image' || type === 'text_special' ? content : '';
  }

  /** Tags within Markdown are counted; what stands between them comes as text of its own or is layout. */
  private html(content: string): void {
    this.counts.images += content.match(/<img[\s/>]/gi)?.length ?? 0;
    this.counts.links += content.match(/<a\s[^<>]{0,500}?href\s{0,9}=/gi)?.length ?? 0;
    this.counts.tables += content.match(/<table[\s>]/gi)?.length ?? 0;
    this.counts.headings += content.match(/<h[1-6][\s>]/gi)?.length ?? 0;
  }
}
