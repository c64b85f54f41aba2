import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { argumentsOf, CONNECTION, CONNECTION_USAGE, connectionOf, onlyArgument } from '../arguments.js';
import { type Command, CommandError } from '../command.js';
import { FacetClient } from '../facet-client.js';

const OPTIONS = {
  ...CONNECTION,
  format: { type: 'string', default: 'csv' },
  status: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

const USAGE = `ID [options]
  ID                 of a batch, or of an upload with all of its parts
  --format FORMAT    csv (else), json, ndjson or xlsx
  --status STATUS    only rows that are pending, processing, succeeded, failed or cancelled
  -o, --output FILE  else to the standard output${CONNECTION_USAGE}`;

export const batchExport: Command = {
  name: 'batch export',
  summary: 'Fetches the rows of a batch with their results',
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = argumentsOf(args, OPTIONS);
    const id = onlyArgument(positionals, 'ID');
    const query = { format: values.format, ...(values.status === undefined ? {} : { status: values.status }) };
    const { body } = await open(new FacetClient(connectionOf(values)), id, query);
    if (body) await save(Readable.fromWeb(body), values.output);
    return 0;
  },
};

/** An id may be that of a batch or of an upload; Facet says which it is not. */
async function open(client: FacetClient, id: string, query: Record<string, string>): Promise<Response> {
  const path = (name: string) => `batch-data/export?${new URLSearchParams({ ...query, [name]: id }).toString()}`;
  try {
    return await client.fetch(path('batch_id'));
  } catch (error) {
    if (!(error instanceof CommandError && error.message.includes('batch_not_found'))) throw error;
    return client.fetch(path('parent_batch_id'));
  }
}

/** A file has its name only once it is complete. */
async function save(rows: Readable, path: string | undefined): Promise<void> {
  if (path === undefined) {
    await pipeline(rows, process.stdout, { end: false });
    return;
  }
  const partial = `${path}.part`;
  try {
    await pipeline(rows, createWriteStream(partial));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new CommandError(`The export broke off: ${(error as Error).message}`);
  }
}
