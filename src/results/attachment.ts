import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { Attachment } from './results.service.js';

/** A file as an answer; its name also in the extended form of RFC 6266 for names beyond ASCII. */
export function attachment({ filename, mediaType, size, body }: Attachment, type = 'attachment'): StreamableFile {
  const ascii = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  return new StreamableFile(typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body, {
    type: mediaType,
    length: size,
    disposition: `${type}; filename="${ascii}"; filename*=UTF-8''${extendedValue(filename)}`,
  });
}

/** Percent-encoded by RFC 8187, which is stricter than URIs: these four would end or confuse the value. */
const extendedValue = (text: string): string =>
  encodeURIComponent(text).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
