import type { OoxmlPackage } from '../ooxml/ooxml-package.js';

const DAY_MS = 86_400_000;
/** 9999-12-31 in days. */
const LAST_DAY = 2_958_465;
/** What Excel allows. */
const MAX_FORMAT_CHARACTERS = 255;

/** Which cell styles show their number as a date or a time. */
export async function dateStyles(workbook: OoxmlPackage, part: string | undefined): Promise<ReadonlySet<number>> {
  const formats = new Map<number, boolean>();
  const styles = new Set<number>();
  let inCellStyles = false;
  let index = 0;
  if (part === undefined) return styles;
  await workbook.read(part, {
    open: (name, attribute) => {
      const format = Number(attribute('numFmtId'));
      if (name === 'numFmt') formats.set(format, isDateFormat(attribute('formatCode') ?? ''));
      else if (name === 'cellXfs') inCellStyles = true;
      else if (name === 'xf' && inCellStyles) {
        if (formats.get(format) ?? isBuiltInDate(format)) styles.add(index);
        index += 1;
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inCellStyles = false;
    },
  });
  return styles;
}

/** A serial number as ISO 8601 without zone: a date, a time, or both; null when it is none. */
export function serialDate(serial: number, since1904: boolean): string | null {
  if (!(serial >= 0 && serial <= LAST_DAY)) return null;
  // Excel believes that 1900 was a leap year, so what counts before March 1900 is off by one day.
  const start = since1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30);
  const time = new Date(start + Math.round((serial * DAY_MS) / 1000) * 1000).toISOString();
  if (serial < 1) return time.slice(11, 19);
  return Number.isInteger(serial) ? time.slice(0, 10) : time.slice(0, 19);
}

/** ECMA-376, 18.8.30: the formats that need no definition, East Asian ones included. */
function isBuiltInDate(format: number): boolean {
  return [
    [14, 22],
    [27, 36],
    [45, 47],
    [50, 58],
  ].some(([first = 0, last = 0]) => format >= first && format <= last);
}

/** A format code with a letter of a date outside quoted text, escapes and brackets; `[h]` alone is a duration. */
function isDateFormat(code: string): boolean {
  return /[ymdhs]/i.test(code.slice(0, MAX_FORMAT_CHARACTERS).replace(/"[^"]*"|\\.|\[[^\]]*\]|General/gi, ''));
}
