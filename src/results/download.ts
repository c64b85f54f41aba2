import type { AnalysisResponse } from '../analysis/analysis.dto.js';
import { csvCell } from '../platform/csv-cell.js';

export const DOWNLOAD_FORMATS = ['json', 'csv', 'txt'] as const;
export type DownloadFormat = (typeof DOWNLOAD_FORMATS)[number];

/** One analysis as a file. */
export function renderDownload(row: AnalysisResponse, format: DownloadFormat): { mediaType: string; body: string } {
  switch (format) {
    case 'json':
      return { mediaType: 'application/json; charset=utf-8', body: `${JSON.stringify(row, null, 2)}\n` };
    case 'csv':
      return { mediaType: 'text/csv; charset=utf-8', body: renderCsv(row) };
    case 'txt':
      return { mediaType: 'text/plain; charset=utf-8', body: renderText(row) };
  }
}

/** `field,value` lines with dotted paths, by RFC 4180. */
function renderCsv(row: AnalysisResponse): string {
  const lines = [...leaves(row)].map(([path, value]) => `${csvCell(path)},${csvCell(value)}\r\n`);
  return ['field,value\r\n', ...lines].join('');
}

function renderText(row: AnalysisResponse): string {
  const title = `${row.filename}\n${'='.repeat(row.filename.length)}\n\n`;
  const lines = [...leaves(row)].map(
    ([path, value]) => `${path}: ${value.includes('\n') ? `\n${indent(value)}` : value}\n`,
  );
  return title + lines.join('');
}

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

/** Every value that is not itself a list or an object, with the path that leads to it. */
function* leaves(value: unknown, path = ''): Generator<[string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (value instanceof Date) yield [path, value.toISOString()];
  else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) yield [path, ''];
    for (const [key, inner] of entries) yield* leaves(inner, path === '' ? key : `${path}.${key}`);
  } else yield [path, typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''];
}
