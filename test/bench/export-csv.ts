import type { Client } from 'pg';
import { to } from 'pg-copy-streams';
import { readExport, SAME_ROWS } from './export-client.js';
import { type Figures, secondsOf, takeTurns } from './figures.js';
import { insertMillion, ROWS } from './million-rows.js';
import { startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';

/** Seconds of measuring. */
const SECONDS = 30;

/** A million rows as CSV over HTTP, against PostgreSQL's own CSV of the same rows read from its connection. */
export async function exportCsvBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL, REDIS_URL, database } = await startGround(bench);
  await insertMillion(database);
  const { url } = await startProduct(bench, { DATABASE_URL, REDIS_URL, ROLE: 'api' });
  const { ours, reference } = await takeTurns(
    SECONDS,
    async () => ROWS / (await secondsOf(() => mustHaveAll((look) => readExport(url, 'csv', look)))),
    async () => ROWS / (await secondsOf(() => mustHaveAll((look) => copy(database, look)))),
  );
  return {
    name: 'export-csv',
    unit: 'rows/s of a million',
    ours,
    reference,
    reference_name: 'COPY … TO STDOUT',
    ratio: ours / reference,
  };
}

async function copy(database: Client, look: (piece: Buffer) => void): Promise<void> {
  for await (const piece of database.query(to(`COPY (${SAME_ROWS}) TO STDOUT (FORMAT csv, HEADER)`))) {
    look(piece as Buffer);
  }
}

const LINE_FEED = 10;

/** A faster answer only counts when it is complete: no value of these rows has a line feed, so each ends a row. */
async function mustHaveAll(read: (look: (piece: Buffer) => void) => Promise<void>): Promise<void> {
  let lines = 0;
  await read((piece) => {
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) lines += 1;
  });
  if (lines !== ROWS + 1) throw new Error(`There were ${lines} lines instead of ${ROWS + 1}`);
}
