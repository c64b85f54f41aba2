import type { OoxmlPackage } from '../ooxml/ooxml-package.js';

interface Style {
  basedOn: string;
  heading: boolean;
}

/**
 * The ids of the paragraph styles that make headings: built-in ones (ids are translated, names stay English), such with
 * an outline level, and what is based on either.
 */
export async function headingStyles(document: OoxmlPackage, part: string | undefined): Promise<ReadonlySet<string>> {
  const styles = new Map<string, Style>();
  let style: Style = { basedOn: '', heading: false };
  if (part === undefined) return new Set();
  await document.read(part, {
    open: (name, attribute) => {
      const value = attribute('val') ?? '';
      if (name === 'style') styles.set(attribute('styleId') ?? '', (style = { basedOn: '', heading: false }));
      else if (name === 'basedOn') style.basedOn = value;
      else if (name === 'name' && /^heading [1-9]$/i.test(value)) style.heading = true;
      else if (name === 'outlineLvl' && isHeadingLevel(value)) style.heading = true;
    },
  });
  return new Set([...styles.keys()].filter((id) => leadsToHeading(id, styles)));
}

/** Levels 0–8 are headings, 9 is body text. */
export function isHeadingLevel(value: string): boolean {
  return /^[0-8]$/.test(value);
}

function leadsToHeading(id: string, styles: ReadonlyMap<string, Style>): boolean {
  // A chain of styles may be a circle.
  let style = styles.get(id);
  for (let step = 0; step < 16 && style; step += 1) {
    if (style.heading) return true;
    style = styles.get(style.basedOn);
  }
  return false;
}
