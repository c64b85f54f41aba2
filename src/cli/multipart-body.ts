import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';

/** A form with a file that is read as it is sent, whatever its size. */
export function multipartBody(fields: Readonly<Record<string, string>>, path: string): RequestInit {
  const boundary = `facet-${randomUUID()}`;
  return {
    method: 'POST',
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: Readable.toWeb(Readable.from(parts(boundary, fields, path))) as ReadableStream,
    duplex: 'half',
  };
}

async function* parts(
  boundary: string,
  fields: Readonly<Record<string, string>>,
  path: string,
): AsyncGenerator<Buffer> {
  for (const [name, value] of Object.entries(fields)) yield Buffer.from(`${head(boundary, name)}\r\n\r\n${value}\r\n`);
  const filename = basename(path).replace(/["\r\n\\]/g, '_');
  yield Buffer.from(`${head(boundary, 'file')}; filename="${filename}"\r\nContent-Type: text/csv\r\n\r\n`);
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 })) yield chunk as Buffer;
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

const head = (boundary: string, name: string) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
