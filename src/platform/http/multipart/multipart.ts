import type { Multipart, MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { defineError, FacetError, malformedRequest, unsupportedContentType, validationFailed } from '../../errors.js';
import { hasBody } from '../bounds/minimum-rate.js';
import { guardParser } from './multipart-parser.js';

export const fileMissing = defineError('file_missing', 422, 'The multipart field file is missing.');

export const fileTooLarge = defineError(
  'file_too_large',
  413,
  'The file is larger than MAX_CONTENT_LENGTH, or MAX_UPLOAD_SIZE for a CSV.',
  (limit: number) => ({ message: `The file is larger than ${limit} bytes.`, details: { max_bytes: limit } }),
);

export const uploadInterrupted = defineError(
  'upload_interrupted',
  400,
  'The upload ended before the file was complete.',
);

export const tooManyUploads = defineError(
  'too_many_uploads',
  429,
  'Too many files of the caller, or large CSVs of all, are coming in at once.',
  () => ({ message: 'Too many files of yours, or large CSVs of all, are coming in at once.', retryAfter: 30 }),
);

/** The form's fields; without a prototype, so that a name is only ever a name. */
export type Fields = Readonly<Partial<Record<string, string>>>;

export interface Upload<File> {
  readonly file: File;
  readonly fields: Fields;
}

/** Takes the file as it comes in. `before` are the fields that came before it; the signal tells that the sender is gone. */
export type TakeFile<File> = (part: MultipartFile, signal: AbortSignal, before: Fields) => Promise<File>;

/** Bytes that the multipart envelope may add to the file. */
const MAX_ENVELOPE_BYTES = 1_048_576;

/** Bytes that each stage of the parser may hold: a few reads of a socket, so that it is not paused and resumed for each. */
const BUFFER_BYTES = 262_144;

const FIELD_LIMITS = { fields: 20, fieldSize: 65_536, parts: 30, headerPairs: 50, headerSize: 8192 };

/** Characters of a field's name at most; the parser has no limit for it. */
const MAX_FIELD_NAME = 100;

/** Levels of a field that the parser has taken for JSON; its reader holds the text against bounds of its own. */
const MAX_FIELD_DEPTH = 1000;

/**
 * Reads one multipart request with a single `file`, whose fields may stand before and after it.
 * @param maxBytes of the file.
 * @throws file_missing, file_too_large, malformed_request, request_timed_out, unsupported_content_type,
 * upload_interrupted, and what `take` throws.
 */
export async function readMultipart<File>(
  request: FastifyRequest,
  maxBytes: number,
  take: TakeFile<File>,
): Promise<Upload<File>> {
  if (!request.isMultipart()) throw hasBody(request.raw) ? unsupportedContentType() : fileMissing();
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + MAX_ENVELOPE_BYTES) throw fileTooLarge(maxBytes);
  // A connection that closed before the listener below was added emits no further event.
  if (request.raw.destroyed && !request.raw.complete) throw uploadInterrupted();
  const interrupted = new AbortController();
  const onClose = () => {
    if (!request.raw.complete) interrupted.abort(uploadInterrupted());
  };
  request.raw.once('close', onClose);
  try {
    return await readParts(request, maxBytes, take, interrupted.signal);
  } catch (error) {
    throw refusalOf(error, interrupted.signal, maxBytes);
  } finally {
    request.raw.off('close', onClose);
  }
}

async function readParts<File>(
  request: FastifyRequest,
  maxBytes: number,
  take: TakeFile<File>,
  signal: AbortSignal,
): Promise<Upload<File>> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  let taken: { file: File } | undefined;
  for await (const part of parts(request, maxBytes, signal)) {
    checkName(part.fieldname);
    if (part.type === 'field') fields[part.fieldname] = textOf(part);
    else if (part.fieldname !== 'file') part.file.resume();
    else if (taken) throw validationFailed([{ field: 'file', message: 'must be a single file' }]);
    else taken = { file: await take(part, signal, fields) };
  }
  if (!taken) throw fileMissing();
  return { file: taken.file, fields };
}

/** A part without a name has none, whatever the types say. */
function checkName(name: string | undefined): void {
  if (name === undefined) throw malformedRequest('A part of the form has no name.');
  if (name.length > MAX_FIELD_NAME)
    throw malformedRequest(`A part of the form has a name of more than ${MAX_FIELD_NAME} characters.`);
}

/** A field as text, also one that its sender marked as JSON and that was parsed on the way. */
function textOf({ fieldname: field, value, valueTruncated }: MultipartValue): string {
  if (valueTruncated) {
    throw validationFailed([{ field, message: `must have at most ${FIELD_LIMITS.fieldSize} bytes` }]);
  }
  if (isDeeper(value, MAX_FIELD_DEPTH)) throw malformedRequest(`The field ${field} is nested too deeply.`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

/** The request's parts; an upload that breaks off ends them with an error even where the parser would wait for ever. */
async function* parts(request: FastifyRequest, maxBytes: number, signal: AbortSignal): AsyncGenerator<Multipart> {
  const limits = { ...FIELD_LIMITS, files: 3, fileSize: maxBytes + 1 };
  guardParser(request.raw, FIELD_LIMITS.parts);
  const all = request.parts({ limits, highWaterMark: BUFFER_BYTES, fileHwm: BUFFER_BYTES })[Symbol.asyncIterator]();
  const broken = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
  broken.catch(() => undefined);
  for (;;) {
    const next = await Promise.race([all.next().catch(refuseForm), broken]);
    if (next.done) return;
    yield next.value;
  }
}

/** What the parser throws, or what is thrown in its name, is about the form. */
function refuseForm(error: unknown): never {
  if (error instanceof FacetError) throw error;
  const { code } = error as { code?: unknown };
  throw code === 'FST_REQ_FILE_TOO_LARGE' ? error : malformedRequest();
}

function refusalOf(error: unknown, { aborted, reason }: AbortSignal, maxBytes: number): unknown {
  if (error instanceof FacetError) return error;
  if (aborted) return reason;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'FST_REQ_FILE_TOO_LARGE') return fileTooLarge(maxBytes);
  // The parser hands its errors on to the stream of the file that it is in.
  if (typeof code === 'string' && code.startsWith('FST_')) return malformedRequest();
  return typeof message === 'string' && /multipart|part terminated/i.test(message) ? malformedRequest() : error;
}
