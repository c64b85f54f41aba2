import { PassThrough } from 'node:stream';
import { CsvReception, type Way } from './csv-reception.js';

const MEGABYTE = 1_048_576;

/** A way that takes everything and keeps the pieces. */
function buildWay() {
  const pieces: Buffer[] = [];
  const converter = {
    convert: (piece: Uint8Array) => Promise.resolve(piece),
    end: () => Promise.resolve({ bytes: new Uint8Array(), summary: { parts: [] } }),
    leave: () => undefined,
  };
  const way = { converter, write: (rows: Uint8Array) => Promise.resolve(void pieces.push(Buffer.from(rows))) };
  return { way: way as unknown as Way, pieces };
}

/** A file of a form that is still coming in. */
const part = () => ({ file: Object.assign(new PassThrough(), { truncated: false, bytesRead: 0 }) });

const { signal } = new AbortController();

it('hands on every byte in its order, large file or small', async () => {
  for (const size of [0, 1, 262_143, 262_144, 262_145, MEGABYTE, 3 * MEGABYTE + 7]) {
    const { way, pieces } = buildWay();
    const reception = new CsvReception(10 * MEGABYTE, () => Promise.resolve(way));
    const bytes = Buffer.alloc(size, 'abcdefg');
    const { file } = part();
    const taking = reception.take({ file }, signal, {});
    for (let at = 0; at < size; at += 65_000) file.write(bytes.subarray(at, at + 65_000));
    file.end();
    await taking;
    await reception.end({});
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect(reception.early).toBe(size >= MEGABYTE);
  }
});

it('takes a file of the limit, and not one byte more', async () => {
  const { way } = buildWay();
  for (const [size, code] of [
    [2 * MEGABYTE, undefined],
    [2 * MEGABYTE + 1, 'file_too_large'],
  ] as const) {
    const reception = new CsvReception(2 * MEGABYTE, () => Promise.resolve(way));
    const { file } = part();
    const taking = reception.take({ file }, signal, {});
    file.end(Buffer.alloc(size));
    expect(await taking.catch((error: unknown) => (error as { code: string }).code)).toBe(code);
  }
});

it('tells why a way is closed', async () => {
  const reception = new CsvReception(10 * MEGABYTE, () => Promise.reject(new Error('The way is closed')));
  const { file } = part();
  const taking = reception.take({ file }, signal, {});
  file.write(Buffer.alloc(2 * MEGABYTE));
  await expect(taking).rejects.toThrow('The way is closed');
});
