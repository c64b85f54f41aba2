/** What a spreadsheet takes for a formula: the signs that begin one, also in full width and behind white space. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

const NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** Whether opening a file with this text in a cell could run something; a plain number cannot. */
export const startsFormula = (text: string): boolean => FORMULA.test(text) && !NUMBER.test(text);

/** A cell by RFC 4180. A formula is given an apostrophe, so that opening the file runs nothing. */
export function csvCell(text: string): string {
  const harmless = startsFormula(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
