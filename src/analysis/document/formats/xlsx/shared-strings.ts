import { documentUnreadable } from '../../../analysis.failures.js';
import type { OoxmlPackage } from '../ooxml/ooxml-package.js';

/** Far beyond what a sheet can point at, and what memory still bears. */
const MAX_STRINGS = 4_000_000;

/** The texts that cells name by number. Readings of ideographs (`rPh`) are no part of them. */
export async function sharedStrings(workbook: OoxmlPackage, part: string | undefined): Promise<readonly string[]> {
  const strings: string[] = [];
  if (part === undefined) return strings;
  let value = '';
  let inText = false;
  let inReading = false;
  await workbook.read(part, {
    open: (name) => {
      if (name === 'si') value = '';
      else if (name === 'rPh') inReading = true;
      else if (name === 't') inText = !inReading;
    },
    text: (text) => {
      if (inText) value += text;
    },
    close: (name) => {
      if (name === 't') inText = false;
      else if (name === 'rPh') inReading = false;
      else if (name === 'si' && strings.push(value) > MAX_STRINGS) throw documentUnreadable();
    },
  });
  return strings;
}
