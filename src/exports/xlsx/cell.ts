import { fitsDouble, isoTime } from '../copy-text.js';
import type { ColumnType } from '../exports.dto.js';

/** Characters (UTF-16 units) that a cell holds at most. */
const MAX_TEXT = 32_767;

/** Cell formats, by their place in `styles.xml`. */
export const STYLE = { head: 1, time: 2 } as const;

const DAY = 86_400_000;

/** Days from the day that spreadsheets count as 0 to the epoch; right from March 1900 on, see below. */
const EPOCH = 25_569;

/** Spreadsheets take 1900 for a leap year and end with the year 9999. */
const [FIRST_TIME, END_OF_TIME] = [Date.UTC(1900, 2, 1), Date.UTC(10_000, 0, 1)];

/** What XML cannot carry as it stands, and an underscore that would be read as the beginning of an escape. */
const INVALID = /[&<>\ufffe\uffff]|(?![\t\n\x7f-\x9f])\p{Cc}|_(?=x[0-9A-Fa-f]{4}_)/u;
const ALL_INVALID = new RegExp(INVALID, 'gu');

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The inside of a `<c r="…"` element for a value of this type, behind its reference. */
export const CELL: Readonly<Record<ColumnType, (text: string) => string>> = {
  text: textCell,
  json: textCell,
  number: (text) => (fitsDouble(text) ? `><v>${text}</v></c>` : textCell(text)),
  boolean: (text) => ` t="b"><v>${text === 't' ? 1 : 0}</v></c>`,
  time: timeCell,
};

/** Text is typed as text, whatever it begins with; it never is a formula. */
export function textCell(text: string): string {
  const space = /^\s|\s$|\n/.test(text) ? ' xml:space="preserve"' : '';
  return ` t="inlineStr"><is><t${space}>${xmlText(shortened(text))}</t></is></c>`;
}

function timeCell(text: string): string {
  const time = text.endsWith('+00') ? Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : NaN;
  if (!(time >= FIRST_TIME && time < END_OF_TIME)) return textCell(isoTime(text));
  return ` s="${STYLE.time}"><v>${time / DAY + EPOCH}</v></c>`;
}

/** What a cell cannot hold is cut off with an ellipsis; the other formats carry all of it. */
function shortened(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  return `${text.slice(0, MAX_TEXT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Text for XML; characters that it cannot carry become the `_xHHHH_` of spreadsheets. */
function xmlText(text: string): string {
  if (!INVALID.test(text)) return text.toWellFormed();
  return text
    .toWellFormed()
    .replace(
      ALL_INVALID,
      (character) => ENTITIES[character] ?? `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    );
}
