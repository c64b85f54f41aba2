import { parse } from 'csv-parse/sync';
import { analyze, call, signedIn } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { exchange, requestHead } from './raw-http.js';
import { buildRow, idOf, insertRows } from './rows.js';
import { expectRefusal } from './traces.js';

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const download = (id: string, format: string) =>
  call(facet.url, `/api/v1/results/${id}/download/${format}`, { headers: signedIn() });

/** Lines of two cells, as a program that is not ours reads them. */
const linesOf = (csv: string) => parse(csv) as [string, string][];

/** What an analysis might have found that is awkward to write down. */
const findings = {
  text: { content: 'one, "two"\nthree\r\nfour', confidence: 0.5, words: [] },
  colors: {
    dominant: [
      { hex: '#ff0000', share: 0.75 },
      { hex: '#0000ff', share: 0.25 },
    ],
    average: null,
  },
  exif: null,
  'dotted.key': { 'with "quotes"': true },
  quality: { brightness: -12.5, contrast: 1e-7, sharpness: 0 },
  codes: [
    { text: '=HYPERLINK("http://evil.example","click")' },
    { text: '+84 123 456' },
    { text: '-2+3+cmd|calc' },
    { text: '@SUM(A1:A9)' },
    { text: '\t=1+1' },
    { text: '\r=1+1' },
    { text: '\n=1+1' },
    { text: '=1+1;"=1+1"' },
    { text: '  =1+1' },
    { text: '\uff1d1+1' },
    { text: "'already quoted" },
    { text: '-17.5' },
  ],
};

const awkward = buildRow('awkward', {
  filename: '=ảnh, "1".png',
  results: findings,
  created_at: '2025-03-30T12:00:00.125Z',
});

describe('of an analysis that is completed', () => {
  beforeAll(() => insertRows(ground, [awkward]));

  it('as JSON is the row itself', async () => {
    const { status, headers, body } = await download(awkward.id, 'json');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toEqual((await call(facet.url, `/api/v1/results/${awkward.id}`)).body);
    expect(body.results).toEqual(findings);
  });

  it('as CSV is dotted paths and values, as another program reads them', async () => {
    const { headers, body } = await download(awkward.id, 'csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, ...lines] = linesOf(body);
    expect(head).toEqual(['field', 'value']);
    const values = Object.fromEntries(lines);
    expect(Object.keys(values)).toHaveLength(lines.length);
    expect(values).toMatchObject({
      id: awkward.id,
      status: 'completed',
      progress: '100',
      error: '',
      created_at: '2025-03-30T12:00:00.125Z',
      'results.text.content': 'one, "two"\nthree\r\nfour',
      'results.text.confidence': '0.5',
      'results.text.words': '',
      'results.colors.dominant.0.hex': '#ff0000',
      'results.colors.dominant.1.share': '0.25',
      'results.colors.average': '',
      'results.exif': '',
      'results.dotted.key.with "quotes"': 'true',
      'results.quality.brightness': '-12.5',
      'results.quality.contrast': '1e-7',
      'results.quality.sharpness': '0',
      artifacts: '',
    });
  });

  it('as CSV holds nothing that a spreadsheet would run', async () => {
    const lines = linesOf((await download(awkward.id, 'csv')).body);
    for (const [path, value] of lines) {
      expect(path).not.toMatch(/^[=+\-@\t\r\n]/);
      if (!/^-?[\d.]+(e-?\d+)?$/.test(value)) expect(value).not.toMatch(/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/);
    }
    const values = Object.fromEntries(lines);
    expect(values.filename).toBe(`'${awkward.filename}`);
    expect(values['results.codes.0.text']).toBe(`'=HYPERLINK("http://evil.example","click")`);
    expect(values['results.codes.10.text']).toBe("'already quoted");
    expect(values['results.codes.11.text']).toBe('-17.5');
  });

  it('as text can be read by a person', async () => {
    const { headers, body } = await download(awkward.id, 'txt');
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(body.split('\n')[0]).toBe(awkward.filename);
    expect(body).toContain('results.colors.dominant.0.hex: #ff0000\n');
    expect(body).toContain('status: completed\n');
  });

  it.each(['json', 'csv', 'txt'])('as %s says how long it is and what it is called', async (format) => {
    const response = await fetch(`${facet.url}/api/v1/results/${awkward.id}/download/${format}`, {
      headers: signedIn(),
    });
    const length = Number(response.headers.get('content-length'));
    expect(length).toBe((await response.arrayBuffer()).byteLength);
    const disposition = response.headers.get('content-disposition') ?? '';
    expect(disposition).toMatch(/^attachment; /);
    expect(nameOf(disposition)).toBe(`${awkward.filename}.${format}`);
  });

  it.each(["it's (1) of 2*.png", 'ảnh 写真 🎉.png', 'a;b=c,d%20e.png', 'back\\slash".png'])(
    'carries the name %j through its headers',
    async (filename) => {
      const row = buildRow(filename, { filename, results: {} });
      await insertRows(ground, [row]);
      const { headers } = await download(row.id, 'txt');
      expect(nameOf(headers.get('content-disposition') ?? '')).toBe(`${filename}.txt`);
    },
  );
});

/** The name in the extended notation of RFC 8187, by its grammar: only these characters may stand there as they are. */
function nameOf(disposition: string): string {
  expect(disposition).toMatch(/^[a-z]+; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]*"; filename\*=UTF-8''[^;]+$/);
  const [, encoded = ''] = /filename\*=UTF-8''(.*)$/.exec(disposition) ?? [];
  expect(encoded).toMatch(/^([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*$/);
  return decodeURIComponent(encoded);
}

it.each(['processing', 'failed', 'cancelled'] as const)('is refused while it is %s', async (status) => {
  const row = buildRow(status, { status });
  await insertRows(ground, [row]);
  for (const format of ['json', 'csv', 'txt']) {
    const answer = await download(row.id, format);
    expectRefusal(answer, 409, 'analysis_not_completed');
    expect(answer.body.error.details).toEqual({ status });
  }
});

it('is refused in other formats, for other rows and for what is no id', async () => {
  expectRefusal(await download(awkward.id, 'pdf'), 422, 'validation_failed');
  expectRefusal(await download(awkward.id, 'JSON'), 422, 'validation_failed');
  expectRefusal(await download(idOf('missing'), 'json'), 404, 'analysis_not_found');
  expectRefusal(await download('latest', 'json'), 422, 'validation_failed');
  const foreign = buildRow('foreign', { owner_id: idOf('owner'), results: {} });
  await insertRows(ground, [foreign]);
  expectRefusal(await download(foreign.id, 'json'), 404, 'analysis_not_found');
});

describe('artifacts', () => {
  let id: string;

  beforeAll(async () => {
    const picture = await solid(300, 200, '#336699').png().toBuffer();
    ({ id } = await analyze(facet.url, picture, { fields: { features: 'thumbnail' } }));
  });

  const artifact = (name: string) => exchange(facet.url, requestHead('GET', `/api/v1/results/${id}/artifacts/${name}`));

  it('are served with their length, and cannot be taken for anything else', async () => {
    const { status, headers } = await call(facet.url, `/api/v1/results/${id}/artifacts/thumbnail.jpg`);
    expect(status).toBe(200);
    const row = (await call(facet.url, `/api/v1/results/${id}`)).body;
    expect(Number(headers.get('content-length'))).toBe(row.artifacts[0].size_bytes);
    expect(headers.get('content-type')).toBe('image/jpeg');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('private, max-age=3600');
    expect(nameOf(headers.get('content-disposition') ?? '')).toBe('thumbnail.jpg');
  });

  it('that are text say in which characters', async () => {
    const { id: document } = await analyze(facet.url, Buffer.from('Übermut tut selten gut.\n'), {
      fields: { features: 'text' },
    });
    const { headers, body } = await call(facet.url, `/api/v1/results/${document}/artifacts/text.txt`);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(body).toContain('Übermut');
  });

  it.each([
    'missing.jpg',
    'source',
    'attempt-1%2fthumbnail.jpg',
    '..%2f..%2f..%2f..%2fetc%2fpasswd',
    '..%2fsource',
    '..%5c..%5csource',
    '%2fetc%2fpasswd',
    '%2e%2e%2fsource',
    'thumbnail.jpg%00.png',
    '%00',
    'thumbnail.jpg%0d%0aSet-Cookie:%20a=b',
    "thumbnail.jpg'%20OR%20'1'='1",
    'THUMBNAIL.JPG',
    '%F0%9F%8E%89',
  ])('are not found under %j, and may be by the next time', async (name) => {
    const answer = await artifact(name);
    expectRefusal(answer, 404, 'artifact_not_found');
    expect(answer.headers.get('cache-control')).toBeNull();
  });

  it.each(['../source', '../../../../../etc/passwd', 'x'.repeat(500)])('have no route at %j', async (name) => {
    expectRefusal(await artifact(name), 404, 'route_not_found');
  });

  it('are not found for another analysis', async () => {
    const other = buildRow('other', { results: {} });
    await insertRows(ground, [other]);
    const answer = await call(facet.url, `/api/v1/results/${other.id}/artifacts/thumbnail.jpg`);
    expectRefusal(answer, 404, 'artifact_not_found');
  });
});
