import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { v7 as uuid } from 'uuid';
import { fileTooLarge, readMultipart, type Upload } from '../../platform/http/multipart/multipart.js';
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

export interface UploadLimits {
  readonly maxBytes: number;
  readonly directory: string;
}

/**
 * Streams one multipart request with a single `file` into the directory, lends it to the work, and leaves nothing
 * behind: whatever the work has not moved away is removed, also when the upload is refused or breaks off.
 */
export async function withUpload<T>(
  request: FastifyRequest,
  { maxBytes, directory }: UploadLimits,
  work: (upload: ReceivedUpload) => Promise<T>,
): Promise<T> {
  const path = join(directory, `upload-${uuid()}`);
  try {
    const upload = await readMultipart(request, maxBytes, async (part, signal) => {
      await mkdir(directory, { recursive: true });
      return receiveFile(part, path, maxBytes, signal);
    });
    if (upload.file.sizeBytes === 0) throw fileEmpty();
    return await work(upload);
  } finally {
    await rm(path, { force: true });
  }
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
