import { type FieldError, validationFailed } from '../../platform/errors.js';
import type { Fields } from '../../platform/http/multipart/multipart.js';
import { BATCH_ANALYZERS, type BatchAnalyzer } from '../batches.entity.js';

/** The form of an upload besides its file, checked but for what the analyzer makes of `features` and `options`. */
export interface BatchForm {
  readonly name: string | undefined;
  readonly analyzer: BatchAnalyzer | undefined;
  readonly features: string | undefined;
  readonly options: string | undefined;
  readonly urlColumn: string | undefined;
  /** Rows of a chunk. */
  readonly chunkSize: number | undefined;
  readonly start: boolean;
  readonly dryRun: boolean;
}

const FIELDS = [
  'batch_name',
  'analyzer',
  'features',
  'options',
  'url_column',
  'chunk_size',
  'start',
  'dry_run',
] as const;

const MAX_NAME = 200;
const MAX_CHUNK = 10_000;

/** Characters that a name cannot have. */
// eslint-disable-next-line no-control-regex -- they are what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** @throws validation_failed naming every field at fault. */
export function batchForm(fields: Fields): BatchForm {
  const faults: FieldError[] = Object.keys(fields)
    .filter((name) => !FIELDS.some((known) => known === name))
    .map((name) => ({ field: name.slice(0, 50), message: 'is not a field of this form' }));
  const fault: Fault = (field, message) => {
    faults.push({ field, message });
  };
  const form = {
    name: nameOf(fields.batch_name, fault),
    analyzer: analyzerOf(fields.analyzer, fault),
    features: fields.features,
    options: fields.options,
    urlColumn: fields.url_column === '' ? undefined : fields.url_column,
    chunkSize: chunkSizeOf(fields.chunk_size, fault),
    start: flagOf('start', fields.start, true, fault),
    dryRun: flagOf('dry_run', fields.dry_run, false, fault),
  };
  if (faults.length > 0) throw validationFailed(faults);
  return form;
}

type Fault = (field: string, message: string) => void;

function nameOf(given: string | undefined, fault: Fault): string | undefined {
  const name = given?.trim();
  if (!name) return undefined;
  if (name.length > MAX_NAME) fault('batch_name', `must have at most ${MAX_NAME} characters`);
  else if (CONTROL.test(name)) fault('batch_name', 'must have no control characters');
  return name.toWellFormed();
}

function analyzerOf(given: string | undefined, fault: Fault): BatchAnalyzer | undefined {
  if (!given) return undefined;
  const known = BATCH_ANALYZERS.find((analyzer) => analyzer === given);
  if (!known) fault('analyzer', `must be one of ${BATCH_ANALYZERS.join(', ')}`);
  return known;
}

function chunkSizeOf(given: string | undefined, fault: Fault): number | undefined {
  if (!given) return undefined;
  const size = /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (size < 1 || size > MAX_CHUNK) fault('chunk_size', `must be a whole number from 1 to ${MAX_CHUNK}`);
  return size;
}

function flagOf(field: string, given: string | undefined, standard: boolean, fault: Fault): boolean {
  if (!given) return standard;
  if (given !== 'true' && given !== 'false') fault(field, 'must be true or false');
  return given === 'true';
}

/** A name for an upload that says none: that of its file without path and ending. */
export function nameOfFile(filename: string): string {
  const last = filename.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const stem = last.replace(new RegExp(CONTROL, 'g'), '').replace(/\.[A-Za-z0-9]{1,10}$/, '');
  return stem.trim().slice(0, MAX_NAME).toWellFormed() || 'batch';
}
