import type { ExportColumn } from './exports.dto.js';

/** Names that differ from each other: one that is taken already gets the next number that makes it new. */
export function distinctNames(columns: readonly ExportColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let distinct = name.toWellFormed();
    for (let number = 2; taken.has(distinct); number += 1) distinct = `${name.toWellFormed()}_${number}`;
    taken.add(distinct);
    return distinct;
  });
}
