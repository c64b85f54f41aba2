/** A piece of HTML: text that is not to be escaped any more. */
export class Html {
  constructor(readonly source: string) {}
}

type Content = string | number | Html | readonly Html[] | null;

/** HTML as it is written here, whatever is put into it escaped unless it is HTML itself; null is nothing. */
export const html = (pieces: TemplateStringsArray, ...contents: Content[]): Html =>
  new Html(String.raw({ raw: pieces }, ...contents.map(sourceOf)));

function sourceOf(content: Content): string {
  if (content === null) return '';
  if (content instanceof Html) return content.source;
  if (typeof content === 'object') return content.map(({ source }) => source).join('');
  return String(content).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
