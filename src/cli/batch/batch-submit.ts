import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { argumentsOf, CONNECTION, CONNECTION_USAGE, connectionOf, onlyArgument } from '../arguments.js';
import { type Command, CommandError } from '../command.js';
import { FacetClient } from '../facet-client.js';
import { grouped } from '../terminal.js';
import { watchUpload } from './watch-upload.js';

const OPTIONS = {
  ...CONNECTION,
  name: { type: 'string' },
  analyzer: { type: 'string' },
  features: { type: 'string' },
  options: { type: 'string' },
  'url-column': { type: 'string' },
  'chunk-size': { type: 'string' },
  'no-start': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  wait: { type: 'boolean' },
} as const;

const USAGE = `FILE [options]
  --name NAME        of the batch; else that of the file
  --wait             shows how far it is until it has ended; exit code 1 when it failed
  --analyzer NAME    external or image
  --features LIST    of the analyzer image
  --options JSON     of the analyzer
  --url-column NAME  which column holds the URLs
  --chunk-size N     rows that a worker takes at once
  --no-start         leaves the batches paused
  --dry-run          tells what would be done${CONNECTION_USAGE}`;

interface Accepted {
  readonly parent_batch_id: string;
  readonly batch_name: string;
  readonly total_urls: number;
  readonly invalid_urls: number;
  readonly duplicate_urls: number;
  readonly batches: readonly { readonly batch_id: string; readonly batch_name: string; readonly total_urls: number }[];
}

export const batchSubmit: Command = {
  name: 'batch submit',
  summary: 'Sends in a CSV of image URLs',
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = argumentsOf(args, OPTIONS);
    const path = onlyArgument(positionals, 'FILE');
    const body = await formOf(fieldsOf(values), path);
    const client = new FacetClient(connectionOf(values));
    const answer = await client.fetch('batches', { method: 'POST', body });
    if (values['dry-run']) {
      process.stdout.write(`${JSON.stringify(await answer.json(), null, 2)}\n`);
      return 0;
    }
    const accepted = (await answer.json()) as Accepted;
    report(accepted);
    return values.wait ? watchUpload(client, accepted.parent_batch_id) : 0;
  },
};

interface Values {
  readonly name?: string;
  readonly analyzer?: string;
  readonly features?: string;
  readonly options?: string;
  readonly 'url-column'?: string;
  readonly 'chunk-size'?: string;
  readonly 'no-start'?: boolean;
  readonly 'dry-run'?: boolean;
}

function fieldsOf(values: Values): Record<string, string> {
  const fields = {
    batch_name: values.name,
    analyzer: values.analyzer,
    features: values.features,
    options: values.options,
    url_column: values['url-column'],
    chunk_size: values['chunk-size'],
    start: values['no-start'] ? 'false' : undefined,
    dry_run: values['dry-run'] ? 'true' : undefined,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

/** Returns a form with a file that is read while it is sent, whatever its size. @throws CommandError */
async function formOf(fields: Readonly<Record<string, string>>, path: string): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', await openFile(path), basename(path));
  return form;
}

async function openFile(path: string): Promise<Blob> {
  try {
    // A folder opens as well, and cannot be read.
    if ((await stat(path)).isFile()) return await openAsBlob(path, { type: 'text/csv' });
  } catch {
    // openAsBlob throws for a file that may not be read, where its documentation has it reject.
  }
  throw new CommandError(`${path} cannot be read.`);
}

function report({ parent_batch_id, batch_name, batches, ...counts }: Accepted): void {
  const notes = [
    `${grouped(counts.total_urls)} rows`,
    ...(counts.invalid_urls > 0 ? [`${grouped(counts.invalid_urls)} without a usable URL`] : []),
    ...(counts.duplicate_urls > 0 ? [`${grouped(counts.duplicate_urls)} repeated`] : []),
  ];
  process.stdout.write(`${batch_name}: ${notes.join(', ')}\n  upload ${parent_batch_id}\n`);
  for (const part of batches) {
    process.stdout.write(`  batch  ${part.batch_id}  ${part.batch_name}  ${grouped(part.total_urls)} rows\n`);
  }
}
