import { type Answer, call, send } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid, stripes } from '../support/media/images.js';
import { exchange, MULTIPART, multipart, type Part, requestHead } from './raw-http.js';
import { countRows, expectRefusal, filesOf } from './traces.js';

let ground: Ground;
let facet: Facet;
let picture: Buffer;

beforeAll(async () => {
  ground = await buildGround();
  picture = await solid(40, 30, '#336699').png().toBuffer();
  facet = await startFacet(ground, { ROLE: 'api', MAX_CONTENT_LENGTH: '100000' });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const post = (headers: Record<string, string>, body: Buffer | string): Promise<Answer> =>
  exchange(
    facet.url,
    requestHead('POST', '/api/v1/analyze', { 'Content-Length': Buffer.byteLength(body), ...headers }),
    body,
  );

const postParts = (...parts: Part[]): Promise<Answer> => post({ 'Content-Type': MULTIPART }, multipart(...parts));

const file = (content: Buffer | string, filename: string | Buffer = 'a.png'): Part => ({
  name: 'file',
  filename,
  type: 'application/octet-stream',
  content,
});

describe('is refused and leaves nothing behind:', () => {
  afterEach(async () => {
    expect(await filesOf(ground)).toEqual([]);
    expect(await countRows(ground)).toBe(0);
  });

  it('a request without a body', async () => {
    expectRefusal(await call(facet.url, '/api/v1/analyze', { method: 'POST' }), 422, 'file_missing');
  });

  it.each([
    ['application/json', '{"file":"a.png"}'],
    ['application/x-www-form-urlencoded', 'file=a.png'],
    ['image/png', 'bytes'],
    ['multipart/mixed; boundary=x', '--x--\r\n'],
  ])('a body that is no form: %s', async (type, body) => {
    expectRefusal(await post({ 'Content-Type': type }, body), 415, 'unsupported_content_type');
  });

  it('a form without a file', async () => {
    expectRefusal(await postParts({ name: 'file_type', content: 'image' }), 422, 'file_missing');
    expectRefusal(await postParts(), 422, 'file_missing');
  });

  it('a file as a text field', async () => {
    expectRefusal(await postParts({ name: 'file', content: picture }), 422, 'file_missing');
  });

  it('a file under another name', async () => {
    expectRefusal(await postParts({ ...file(picture), name: 'upload' }), 422, 'file_missing');
  });

  it('an empty file', async () => {
    expectRefusal(await postParts(file('')), 422, 'file_empty');
  });

  it('bytes of no known type', async () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * index * 31 + 7 * index) % 256));
    const answer = await send(facet.url, noise, { filename: 'holiday.jpg' });
    expectRefusal(answer, 415, 'unsupported_file_type');
    expect(answer.body.error.details).toEqual({ media_type: null, file_type: null });
  });

  it('bytes of another type than the one named', async () => {
    const answer = await send(facet.url, picture, { filename: 'report.pdf', fields: { file_type: 'document' } });
    expectRefusal(answer, 415, 'unsupported_file_type');
    expect(answer.body.error.details).toEqual({ media_type: 'image/png', file_type: 'document' });
  });

  it.each([
    ['file_type', { file_type: 'audio' }, ['file_type']],
    ['features', { features: 'colors,smell' }, ['features']],
    ['features of another type', { features: 'scenes' }, ['features']],
    ['options that are not JSON', { options: '{' }, ['options']],
    ['options that are not an object', { options: '[1]' }, ['options']],
    ['options that nobody knows', { options: '{"zoom":1,"__proto__":2}' }, ['options.zoom', 'options.__proto__']],
  ])('wrong %s', async (_case, fields: Record<string, string>, names) => {
    const answer = await send(facet.url, picture, { fields });
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details.fields).toEqual(
      names.map((field) => ({ field, message: expect.stringMatching(/^\S/) })),
    );
  });

  it('two files', async () => {
    const answer = await postParts(file(picture), file(picture));
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details.fields[0].field).toBe('file');
  });

  it('more fields than the form has', async () => {
    const fields = Array.from({ length: 50 }, (_, index) => ({ name: `field${index}`, content: 'x' }));
    expectRefusal(await postParts(...fields, file(picture)), 400, 'malformed_request');
  });

  it('a field that is longer than any that is needed', async () => {
    const answer = await postParts({ name: 'options', content: `{"x":"${'x'.repeat(70_000)}"}` }, file(picture));
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details.fields[0].field).toBe('options');
  });

  it('a field that says it is JSON and is not', async () => {
    const field = { name: 'options', type: 'application/json', content: '{' };
    expectRefusal(await postParts(field, file(picture)), 400, 'malformed_request');
  });

  it('fields that are named like what every object has', async () => {
    for (const name of ['__proto__', 'constructor']) {
      expectRefusal(await postParts({ name, content: 'x' }, file(picture)), 400, 'malformed_request');
    }
  });

  it('a form without its boundary', async () => {
    expectRefusal(
      await post({ 'Content-Type': 'multipart/form-data' }, multipart(file(picture))),
      400,
      'malformed_request',
    );
  });

  it.each([
    ['in its file', (body: Buffer) => body.subarray(0, -40)],
    ['in a header', () => Buffer.from('--facet-boundary\r\nContent-Dispo')],
    ['before its first part', () => Buffer.from('no part at all')],
  ])('a form that ends %s', async (_case, cut) => {
    expectRefusal(await post({ 'Content-Type': MULTIPART }, cut(multipart(file(picture)))), 400, 'malformed_request');
  });
});

describe('takes', () => {
  it('a file by its bytes, whatever it is called', async () => {
    const { status, body } = await send(facet.url, picture, { filename: 'report.pdf' });
    expect(status).toBe(202);
    expect(body).toMatchObject({ file_type: 'image', filename: 'report.pdf' });
    const row = await call(facet.url, `/api/v1/results/${body.analysis_id}`);
    expect(row.body).toMatchObject({ media_type: 'image/png', status: 'queued', size_bytes: picture.length });
  });

  it('fields before and after the file, and options as JSON of their own', async () => {
    const { status, body } = await postParts(
      { name: 'features', content: 'colors' },
      file(picture),
      { name: 'file_type', content: 'image' },
      { name: 'options', type: 'application/json', content: '{}' },
    );
    expect(status).toBe(202);
    const row = await call(facet.url, `/api/v1/results/${body.analysis_id}`);
    expect(row.body.features).toEqual(['colors']);
  });

  it('a file of exactly the limit, and not one byte more', async () => {
    const noise = await stripes(
      Array.from({ length: 200 }, (_, index) => [1, `#${((index * 7919) % 0xffffff).toString(16).padStart(6, '0')}`]),
      170,
    )
      .png({ compressionLevel: 0 })
      .toBuffer();
    expect(noise.length).toBeGreaterThan(100_000);
    expectRefusal(await send(facet.url, noise), 413, 'file_too_large');
    const exact = Buffer.concat([picture, Buffer.alloc(100_000 - picture.length)]);
    expect((await send(facet.url, exact)).status).toBe(202);
    const longer = Buffer.concat([exact, Buffer.alloc(1)]);
    expectRefusal(await send(facet.url, longer), 413, 'file_too_large');
  });
});

it('refuses a file that is too large under whatever name', async () => {
  const attachment = { ...file(Buffer.alloc(150_000)), name: 'attachment' };
  expectRefusal(await postParts(attachment, file(picture)), 413, 'file_too_large');
  expectRefusal(await postParts(file(picture), attachment), 413, 'file_too_large');
});

describe('makes a name safe:', () => {
  const long = 'x'.repeat(1000);

  it.each([
    ['../../etc/passwd.png', 'passwd.png'],
    ['..\\..\\windows\\system32\\evil.png', 'evil.png'],
    ['/absolute/path.png', 'path.png'],
    ['..', 'file'],
    ['.hidden.png', 'hidden.png'],
    ['a\u0000b\u0007c\u007f.png', 'abc.png'],
    ['invoice\u202egnp.exe', 'invoicegnp.exe'],
    ['<script>alert(1)<\u2044script>.png', 'scriptalert(1)⁄script.png'],
    [`${long}.png`, `${long.slice(0, 196)}.png`],
    ['ảnh của tôi – 写真 🎉.png', 'ảnh của tôi – 写真 🎉.png'],
    ['u\u0308ber.png', 'über.png'],
    ['=cmd|calc.png', '=cmdcalc.png'],
  ])('%j', async (given, kept) => {
    const { status, body } = await postParts(file(picture, given));
    expect({ status, filename: body.filename }).toEqual({ status: 202, filename: kept });
    const row = await call(facet.url, `/api/v1/results/${body.analysis_id}`);
    expect(row.body.filename).toBe(kept);
  });

  it('bytes that are no text', async () => {
    const { status, body } = await postParts(file(picture, Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x2e, 0x70])));
    expect(status).toBe(202);
    expect(body.filename).toMatch(/^a.*b\.p$/);
  });
});
