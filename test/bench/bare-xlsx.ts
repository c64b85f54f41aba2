import ExcelJS from 'exceljs';
import { createWriteStream } from 'node:fs';
import { Client } from 'pg';
import Cursor from 'pg-cursor';
import { SAME_ROWS } from './export-client.js';
import { serveRequests } from './workbench.js';

const BATCH = 1000;

/** The least that makes a workbook of the same rows with exceljs: a cursor and its streaming writer. */
serveRequests(async ({ databaseUrl, file }: { databaseUrl: string; file: string }) => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const target = createWriteStream(file);
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: target, useStyles: true, useSharedStrings: false });
  const sheet = workbook.addWorksheet('Sheet1', { views: [{ state: 'frozen', ySplit: 1 }] });
  const cursor = client.query(new Cursor<Record<string, unknown>>(SAME_ROWS));
  for (let rows = await cursor.read(BATCH), first = true; rows.length > 0; rows = await cursor.read(BATCH)) {
    if (first) sheet.addRow(Object.keys(rows[0]!)).commit();
    first = false;
    for (const row of rows) sheet.addRow(Object.values(row).map(cellOf)).commit();
  }
  sheet.commit();
  await workbook.commit();
  await client.end();
  return {};
});

function cellOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) return JSON.stringify(value);
  return typeof value === 'string' && /^\d+$/.test(value) && value.length < 16 ? Number(value) : value;
}
