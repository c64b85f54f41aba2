import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { unzipSync } from 'fflate';
import { readExport } from './export-client.js';
import { type Figures, secondsOf, takeTurns } from './figures.js';
import { insertAnalyses } from './million-rows.js';
import { startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';

const ROWS = 100_000;

const SHEET = 'xl/worksheets/sheet1.xml';

/** Seconds of measuring. */
const SECONDS = 30;

/** A hundred thousand rows as XLSX over HTTP into a file, against exceljs writing the same rows from a cursor into one. */
export async function exportXlsxBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL, REDIS_URL, database } = await startGround(bench);
  await insertAnalyses(database, ROWS);
  const { url } = await startProduct(bench, { DATABASE_URL, REDIS_URL, ROLE: 'api' });
  const bare = bench.partner('bare-xlsx.ts');
  const [mine, theirs] = [join(bench.folder, 'ours.xlsx'), join(bench.folder, 'exceljs.xlsx')];
  await download(url, mine);
  await bare.ask({ databaseUrl: DATABASE_URL, file: theirs });
  await mustAgree(mine, theirs);
  const { ours, reference } = await takeTurns(
    SECONDS,
    async () => ROWS / (await secondsOf(() => download(url, mine))),
    async () => ROWS / (await secondsOf(() => bare.ask({ databaseUrl: DATABASE_URL, file: theirs }))),
  );
  return {
    name: 'export-xlsx',
    unit: 'rows/s of 100,000',
    ours,
    reference,
    reference_name: 'exceljs streaming writer',
    ratio: ours / reference,
  };
}

async function download(url: string, path: string): Promise<void> {
  const file = createWriteStream(path);
  await readExport(url, 'xlsx', (piece) => file.write(piece));
  file.end();
  await finished(file);
}

/** A faster answer only counts when it is the same: the texts of rows at some places, and the number of rows. */
async function mustAgree(ours: string, theirs: string): Promise<void> {
  const [own, reference] = [await sample(ours), await sample(theirs)];
  if (own !== reference) throw new Error(`The workbooks do not agree: ${own} and ${reference}`);
}

async function sample(path: string): Promise<string> {
  const { [SHEET]: sheet } = unzipSync(await readFile(path), { filter: ({ name }) => name === SHEET });
  const rows = new TextDecoder().decode(sheet).split('<row ').slice(1);
  const texts = rows.filter((_row, index) => index % 9_999 === 0).map((row) => row.replace(/^[^>]*>|<[^>]*>/g, '|'));
  return [rows.length, ...texts].join('\n').replace(/\|+/g, '|').replaceAll('&quot;', '"');
}
