import { parse } from 'csv-parse/sync';
import type { AnalysisResponse } from '../analysis/analysis.dto.js';
import { renderDownload } from './download.js';

const row = (results: Record<string, unknown>): AnalysisResponse => ({
  id: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10',
  file_type: 'image',
  filename: 'a.png',
  media_type: 'image/png',
  size_bytes: 12,
  sha256: 'f'.repeat(64),
  status: 'completed',
  progress: 100,
  job_id: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10',
  attempts: 1,
  features: ['image', 'colors'],
  results,
  error: null,
  processing_time: 0.5,
  created_at: new Date('2025-03-30T12:00:00.125Z'),
  started_at: null,
  completed_at: null,
  artifacts: [],
});

/** The lines about the results, as another program reads them. */
function csvOf(results: Record<string, unknown>): Record<string, string> {
  const lines: string[][] = parse(renderDownload(row(results), 'csv').body);
  return Object.fromEntries(lines.filter(([path]) => path?.startsWith('results')) as [string, string][]);
}

it.each([
  ['a number', 1.5, '1.5'],
  ['a negative number', -3, '-3'],
  ['a truth', false, 'false'],
  ['nothing', null, ''],
  ['an empty list', [], ''],
  ['an empty object', {}, ''],
  ['quotes, commas and lines', 'a "b", c\r\nd', 'a "b", c\r\nd'],
  ['text that begins with a number', '1.5 cm', '1.5 cm'],
  ['a number as text', '+84123456789', '+84123456789'],
])('CSV carries %s', (_case, value, cell) => {
  expect(csvOf({ found: value })).toEqual({ 'results.found': cell });
});

it.each(['=1+1', '+1+1', '-1+1', '@a', '\t=1', '\rx', '\nx', '  =1', '＝1', '＋1', '－1', '＠a', '=', '-'])(
  'CSV makes the formula %j harmless',
  (formula) => {
    expect(csvOf({ found: formula })).toEqual({ 'results.found': `'${formula}` });
  },
);

it('CSV begins no path with what the file says', () => {
  const { body } = renderDownload(row({}), 'csv');
  expect(body).toContain('results,\r\n');
  expect(csvOf({ '=1+1': { '@b': 1 } })).toEqual({ 'results.=1+1.@b': '1' });
});

it('CSV names every value by its dotted path, in the order of the row', () => {
  const { mediaType, body } = renderDownload(row({ colors: { dominant: [{ hex: '#fff' }, { hex: '#000' }] } }), 'csv');
  expect(mediaType).toBe('text/csv; charset=utf-8');
  expect(body.startsWith('field,value\r\nid,01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10\r\nfile_type,image\r\n')).toBe(true);
  expect(body).toContain('features.0,image\r\nfeatures.1,colors\r\nresults.colors.dominant.0.hex,#fff\r\n');
  expect(body).toContain('created_at,2025-03-30T12:00:00.125Z\r\nstarted_at,\r\n');
});

it('text keeps lines together under their path', () => {
  const { body } = renderDownload(row({ text: { content: 'one\ntwo' } }), 'txt');
  expect(body.startsWith('a.png\n=====\n\nid: 01997b5e')).toBe(true);
  expect(body).toContain('results.text.content: \n    one\n    two\n');
});

it('JSON is the row', () => {
  const { body } = renderDownload(row({ text: { content: 'ü' } }), 'json');
  expect(JSON.parse(body)).toMatchObject({ status: 'completed', results: { text: { content: 'ü' } } });
});
