import fc from 'fast-check';
import { type Document, type Operation, type Parameter, resolve, type Schema } from './document.js';
import { anyJson, hostileText, type Ids, valid } from './values.js';

/** Who asks; what stands for them is put in when the request is sent. */
export type Credentials = 'user' | 'admin' | 'key' | 'narrow key' | 'none' | 'bad';

/** A request in words that can be printed and sent again. */
export interface FuzzRequest {
  /** By which the answer is judged. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly credentials: Credentials;
  readonly headers: Readonly<Record<string, string>>;
  /** Of each character the lowest byte is sent. */
  readonly body: string | null;
}

const CREDENTIALS: fc.Arbitrary<Credentials> = fc.oneof(
  { weight: 10, arbitrary: fc.constant('user') },
  { weight: 4, arbitrary: fc.constant('admin') },
  { weight: 2, arbitrary: fc.constantFrom('key', 'narrow key') },
  { weight: 2, arbitrary: fc.constantFrom('none', 'bad') },
);

const ODD_HEADERS: Readonly<Record<string, readonly string[]>> = {
  Accept: ['*/*', 'application/json', 'text/html', 'image/*;q=0', ';;;', ''],
  'Accept-Encoding': ['gzip', 'identity;q=0', '*'],
  Cookie: ['facet_session=x', '=;=;=', 'a'.repeat(2_000)],
  'Content-Encoding': ['gzip', 'none'],
  Host: ['localhost', '[::1]:80', 'a..b', '-'],
  'Idempotency-Key': ['a', 'x'.repeat(256), '\xe9\xff', ' ', '../..'],
  'If-None-Match': ['*', '"x"'],
  'Last-Event-ID': ['0', '-1', '1e9', 'x'.repeat(500)],
  Origin: ['null', 'https://example.com'],
  Range: ['bytes=0-', 'bytes=5-1', 'lines=1'],
  'User-Agent': ['', '\xff'.repeat(600)],
  'X-Forwarded-For': ['::1%eth0', '1.2.3.4:5, [::2]:9', ',,,'],
  'X-Forwarded-Proto': ['https', 'gopher'],
  'X-HTTP-Method-Override': ['DELETE'],
  'X-Request-ID': ['same', 'a b', 'x'.repeat(200)],
};

const oddHeaders: fc.Arbitrary<Record<string, string>> = fc
  .array(
    fc
      .constantFrom(...Object.keys(ODD_HEADERS))
      .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(ODD_HEADERS[name] ?? [])))),
    { maxLength: 2 },
  )
  .map((pairs) => Object.fromEntries(pairs));

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Requests to all operations of the document: most of them nearly right, for those come furthest. */
export function requestsTo(
  document: Document,
  operations: readonly Operation[],
  idsOf: (path: string) => Ids,
): fc.Arbitrary<FuzzRequest> {
  return fc.oneof(
    ...operations.map((operation) => {
      const ids = idsOf(operation.path);
      const others = METHODS.filter((method) => !isKnown(operations, operation.path, method));
      const method = fc.oneof(
        { weight: 14, arbitrary: fc.constant(operation.method) },
        { weight: operation.method === 'GET' ? 1 : 0, arbitrary: fc.constant('HEAD') },
        { weight: 1, arbitrary: fc.constantFrom(...others) },
      );
      return fc
        .record({
          method,
          path: pathsOf(document, operation, ids),
          credentials: CREDENTIALS,
          odd: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: oddHeaders }),
          content: contentsOf(document, operation, ids),
        })
        .map(({ odd, content, ...request }): FuzzRequest => ({
          operation: `${operation.method} ${operation.path}`,
          ...request,
          headers: { ...odd, ...content.headers },
          body: content.body,
        }));
    }),
  );
}

/** Whoever may GET may ask for the head alone. */
const isKnown = (operations: readonly Operation[], path: string, method: string): boolean =>
  operations.some((one) => one.path === path && one.method === (method === 'HEAD' ? 'GET' : method));

/** Most parameters fit their schema, some are hostile, some are there twice, some are none of the route's. */
function pathsOf(document: Document, { path, parameters = [] }: Operation, ids: Ids): fc.Arbitrary<string> {
  const inPath = parameters.filter((one) => one.in === 'path');
  const query = parameters.filter((one) => one.in === 'query');
  const pairs = query.map((one) =>
    fc.option(valueOf(document, one, ids), { freq: one.required ? 10 : 1 }).map((value) => [one.name, value] as const),
  );
  const more = fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(hostileText, hostileText), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(...query.map(({ name }) => [[`${name}[]`, '1']]), [['x[y]', 'z']]) },
    { weight: 1, arbitrary: fc.constantFrom(...query.map(({ name }) => [[name, '1']]), [['', '']]) },
  ) as fc.Arbitrary<[string, string][]>;
  const filled = inPath.map((one) => valueOf(document, one, ids).map((value) => [one.name, value] as const));
  return fc.tuple(fc.tuple(...filled), fc.tuple(...pairs), more).map(([names, some, rest]) => {
    const address = names.reduce((text, [name, value]) => text.replace(`{${name}}`, escaped(value)), path);
    const all = [...some.filter(([, value]) => value !== null), ...rest];
    const asked = all.map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`).join('&');
    return asked === '' ? address : `${address}?${asked}`;
  });
}

function valueOf(document: Document, { in: place, schema }: Parameter, ids: Ids): fc.Arbitrary<string> {
  const fitting = place === 'path' && resolve(document, schema).enum === undefined ? fc.constantFrom(...ids) : null;
  return fc.oneof(
    { weight: 6, arbitrary: (fitting ?? valid(document, schema, ids)).map(String) },
    { weight: 1, arbitrary: hostileText },
  );
}

/** Some stay as broken as they are: a percent sign that escapes nothing. */
const escaped = (text: string): string =>
  /^%(00|ff|s%n)$/.test(text) ? text : encodeURIComponent(text.toWellFormed()).replaceAll("'", '%27');

interface Content {
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

const NONE: Content = { headers: {}, body: null };

const WRONG_TYPES = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  'multipart/mixed; boundary=x',
  'json',
  ';',
];

function contentsOf(document: Document, { requestBody }: Operation, ids: Ids): fc.Arbitrary<Content> {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const wrong = fc.oneof(
    fc.constantFrom(...WRONG_TYPES).map((one) => ({ headers: { 'Content-Type': one }, body: '{"a":1}' })),
    fc.constant({ headers: { 'Content-Type': 'application/json' }, body: '' }),
    fc.constant({ headers: {}, body: 'no type' }),
    fc.constant(NONE),
  );
  if (type === undefined) {
    return fc.oneof({ weight: 6, arbitrary: fc.constant(NONE) }, wrong, json(anyJson));
  }
  const schema = content?.schema ?? {};
  const right = type === 'application/json' ? json(bodiesOf(document, schema, ids)) : forms(document, schema, ids);
  return fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: json(anyJson) }, wrong);
}

const json = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Content> =>
  fc.tuple(values, fc.constantFrom('', '', '', '', '', '}', ',')).map(([value, broken]) => ({
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(`${JSON.stringify(value)}${broken}`).toString('latin1'),
  }));

/** A body that fits, or one of whose fields does not, or with one too many. */
function bodiesOf(document: Document, schema: Schema, ids: Ids): fc.Arbitrary<unknown> {
  const names = Object.keys(resolve(document, schema).properties ?? {});
  const fitting = valid(document, schema, ids);
  return fc.oneof(
    { weight: 3, arbitrary: fitting },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fitting, fc.constantFrom(...names, 'x', '__proto__', 'constructor'), anyJson)
        .map(([body, name, value]) =>
          Object.assign(JSON.parse('{}'), body, JSON.parse(JSON.stringify({ [name]: value }))),
        ),
    },
  );
}

const BOUNDARY = 'fuzz-boundary';

const FILES = [
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  Buffer.from('url,title\nhttps://images.example.com/a.jpg,A\nnone,B\n'),
  Buffer.from('url\n"https://images.example.com/a.jpg'),
  Buffer.from('%PDF-1.7\n%%EOF'),
  Buffer.from('Nothing but words.'),
  Buffer.alloc(0),
  Buffer.alloc(5_000, 0xff),
].map((file) => file.toString('latin1'));

/** A multipart form with its fields, one of them hostile now and then, and a file, or two, or none. */
function forms(document: Document, schema: Schema, ids: Ids): fc.Arbitrary<Content> {
  const { properties = {} } = resolve(document, schema);
  const fields = Object.entries(properties).filter(([name]) => name !== 'file');
  const parts = fields.map(([name, field]) =>
    fc
      .option(fc.oneof({ weight: 4, arbitrary: valid(document, field, ids) }, hostileText), { freq: 1 })
      .map((value) => (value === null ? '' : part(name, typeof value === 'string' ? value : JSON.stringify(value)))),
  );
  const names = fc.constantFrom('a.png', 'a.csv', '', '../../a', '\xff\xfe', 'x'.repeat(300), 'CON', '.');
  const file = fc
    .tuple(names, fc.constantFrom(...FILES))
    .map(([filename, bytes]) => part('file', bytes, `; filename="${filename}"\r\nContent-Type: image/png`));
  const files = fc.oneof(
    { weight: 8, arbitrary: file },
    fc.constant(''),
    fc.tuple(file, file).map((two) => two.join('')),
  );
  const odd = fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    fc.tuple(hostileName, hostileText).map(([name, value]) => part(name, value)),
  );
  return fc.tuple(fc.tuple(...parts), files, odd).map(([before, some, after]) => ({
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: `${before.join('')}${some}${after}--${BOUNDARY}--\r\n`,
  }));
}

const hostileName = fc.constantFrom('x', '', '__proto__', 'file', 'features[]', 'x'.repeat(99));

const part = (name: string, value: string, more = ''): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
