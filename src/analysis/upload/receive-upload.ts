import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { pipeline } from 'node:stream/promises';
import { fileTooLarge, readMultipart, type Upload } from '../../platform/http/multipart/multipart.js';
import type { TemporaryFiles } from '../../files/temporary-files.service.js';
import { FileWriter } from './file-writer.js';
import { safeFilename } from './safe-filename.js';
import { fileEmpty } from './upload.errors.js';

export interface ReceivedFile {
  /** Temporary; whoever wants to keep it moves it away. */
  readonly path: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export type ReceivedUpload = Upload<ReceivedFile>;

/**
 * Streams one multipart request with a single `file` into a temporary file, lends it to the work, and leaves nothing
 * behind: whatever the work has not moved away is removed, also when the upload is refused or breaks off.
 */
export function withUpload<T>(
  request: FastifyRequest,
  maxBytes: number,
  temporary: TemporaryFiles,
  work: (upload: ReceivedUpload) => Promise<T>,
): Promise<T> {
  return temporary.during('upload', async (path) => {
    const upload = await readMultipart(request, maxBytes, (part, signal) => receiveFile(part, path, maxBytes, signal));
    if (upload.file.sizeBytes === 0) throw fileEmpty();
    return work(upload);
  });
}

async function receiveFile(
  part: MultipartFile,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ReceivedFile> {
  const writer = new FileWriter(path);
  part.file.once('limit', () => writer.destroy(fileTooLarge(maxBytes)));
  await pipeline(part.file, writer, { signal });
  const { sizeBytes, sha256 } = writer;
  if (sizeBytes > maxBytes) throw fileTooLarge(maxBytes);
  return { path, filename: safeFilename(part.filename), sizeBytes, sha256 };
}
