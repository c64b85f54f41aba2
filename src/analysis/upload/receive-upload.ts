import type { Multipart, MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { v7 as uuid } from 'uuid';
import { FacetError, malformedRequest, unsupportedContentType, validationFailed } from '../../platform/errors.js';
import { FileFollower } from './file-follower.js';
import { safeFilename } from './safe-filename.js';
import { fileEmpty, fileMissing, fileTooLarge, uploadInterrupted } from './upload.errors.js';

export interface ReceivedFile {
  /** Temporary; whoever wants to keep it moves it away. */
  readonly path: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface ReceivedUpload {
  readonly file: ReceivedFile;
  readonly fields: Readonly<Record<string, string>>;
}

export interface UploadLimits {
  readonly maxBytes: number;
  readonly directory: string;
}

/** Bytes that the multipart envelope may add to the file. */
const ENVELOPE = 1_048_576;

/** Bytes of one upload that may wait for the disk: chunks that wait are written together. */
const BUFFER = 1_048_576;

const FIELD_LIMITS = { fields: 20, fieldNameSize: 100, fieldSize: 65_536, parts: 30, headerPairs: 50 };

/**
 * Streams one multipart request with a single `file` into the directory, lends it to the work, and leaves nothing
 * behind: whatever the work has not moved away is removed, also when the upload is refused or breaks off.
 */
export async function withUpload<T>(
  request: FastifyRequest,
  limits: UploadLimits,
  work: (upload: ReceivedUpload) => Promise<T>,
): Promise<T> {
  if (!request.isMultipart()) throw hasBody(request) ? unsupportedContentType() : fileMissing();
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes + ENVELOPE) throw fileTooLarge(limits.maxBytes);
  await mkdir(limits.directory, { recursive: true });
  const path = join(limits.directory, `upload-${uuid()}`);
  try {
    return await work(await receive(request, path, limits.maxBytes));
  } finally {
    await rm(path, { force: true });
  }
}

const hasBody = ({ headers }: FastifyRequest) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

async function receive(request: FastifyRequest, path: string, maxBytes: number): Promise<ReceivedUpload> {
  const interrupted = new AbortController();
  const onClose = () => {
    if (!request.raw.complete) interrupted.abort();
  };
  request.raw.once('close', onClose);
  try {
    return await receiveParts(request, path, maxBytes, interrupted.signal);
  } catch (error) {
    throw refusalOf(error, interrupted.signal, maxBytes);
  } finally {
    request.raw.off('close', onClose);
  }
}

async function receiveParts(
  request: FastifyRequest,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ReceivedUpload> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  let file: ReceivedFile | undefined;
  for await (const part of parts(request, maxBytes, signal)) {
    if (part.type === 'field') fields[part.fieldname] = textOf(part);
    else if (part.fieldname !== 'file') part.file.resume();
    else if (file) throw validationFailed([{ field: 'file', message: 'must be a single file' }]);
    else file = await receiveFile(part, path, maxBytes, signal);
  }
  if (!file) throw fileMissing();
  if (file.sizeBytes === 0) throw fileEmpty();
  return { file, fields };
}

/** A field as text, also one that its sender marked as JSON and that was parsed on the way. */
function textOf({ fieldname: field, value, valueTruncated }: MultipartValue): string {
  if (valueTruncated) {
    throw validationFailed([{ field, message: `must have at most ${FIELD_LIMITS.fieldSize} bytes` }]);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The request's parts; an upload that breaks off ends them with an error even where the parser would wait for ever. */
async function* parts(request: FastifyRequest, maxBytes: number, signal: AbortSignal): AsyncGenerator<Multipart> {
  const all = request.parts({ limits: { ...FIELD_LIMITS, files: 3, fileSize: maxBytes + 1 } })[Symbol.asyncIterator]();
  const broken = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(uploadInterrupted());
    });
  });
  broken.catch(() => undefined);
  for (;;) {
    const next = await Promise.race([all.next(), broken]);
    if (next.done) return;
    yield next.value;
  }
}

async function receiveFile(
  part: MultipartFile,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ReceivedFile> {
  const target = createWriteStream(path, { mode: 0o600, highWaterMark: BUFFER });
  const follower = new FileFollower(path);
  let sizeBytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) {
        done(fileTooLarge(maxBytes));
        return;
      }
      follower.follow(target.bytesWritten);
      done(null, chunk);
    },
  });
  try {
    await pipeline(part.file, meter, target, { signal });
    if (part.file.truncated) throw fileTooLarge(maxBytes);
    return { path, filename: safeFilename(part.filename), sizeBytes, sha256: await follower.digest(sizeBytes) };
  } finally {
    follower.leave();
  }
}

function refusalOf(error: unknown, { aborted }: AbortSignal, maxBytes: number): unknown {
  if (error instanceof FacetError) return error;
  if (aborted) return uploadInterrupted();
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'FST_REQ_FILE_TOO_LARGE') return fileTooLarge(maxBytes);
  if (typeof code === 'string' && code.startsWith('FST_')) return malformedRequest();
  return typeof message === 'string' && /multipart|part terminated|header/i.test(message) ? malformedRequest() : error;
}
