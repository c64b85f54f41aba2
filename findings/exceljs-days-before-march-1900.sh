#!/usr/bin/env bash
# Spreadsheets count a 29 February 1900 that never was, so serial 15 is 15 January 1900 and serial 61
# is 1 March. ExcelJS takes the count as if it began a day earlier and lets the lost day out: dates
# before March 1900 are written one serial too high (another reader shows the next day) and read one
# day too early.
# Seen with exceljs@4.4.0 xlsx@0.18.5 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts exceljs@4.4.0 xlsx@0.18.5 >/dev/null
cat >see.mjs <<'JS'
import exceljs from 'exceljs';
import xlsx from 'xlsx';

const numFmt = 'yyyy-mm-dd';
const written = new exceljs.Workbook();
const sheet = written.addWorksheet('dates');
for (const day of ['1900-01-15', '1900-02-28', '1900-03-01']) {
  sheet.addRow([new Date(day)]).getCell(1).numFmt = numFmt;
}
const other = xlsx.read(await written.xlsx.writeBuffer()).Sheets.dates;
for (const row of [1, 2, 3]) {
  const day = sheet.getCell(row, 1).value.toISOString().slice(0, 10);
  console.log(`ExcelJS writes ${day} as serial ${other[`A${row}`].v}, shown as ${other[`A${row}`].w}`);
}
const book = xlsx.utils.book_new();
xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([[15, 59, 61].map((v) => ({ t: 'n', v, z: numFmt }))]), 'serials');
const read = new exceljs.Workbook();
await read.xlsx.load(xlsx.write(book, { type: 'buffer', bookType: 'xlsx' }));
for (const column of [1, 2, 3]) {
  console.log(`ExcelJS reads serial ${[15, 59, 61][column - 1]} as ${read.worksheets[0].getCell(1, column).value.toISOString().slice(0, 10)}`);
}
JS
cat >expected <<'SEEN'
ExcelJS writes 1900-01-15 as serial 16, shown as 1900-01-16
ExcelJS writes 1900-02-28 as serial 60, shown as 1900-02-29
ExcelJS writes 1900-03-01 as serial 61, shown as 1900-03-01
ExcelJS reads serial 15 as 1900-01-14
ExcelJS reads serial 59 as 1900-02-27
ExcelJS reads serial 61 as 1900-03-01
SEEN
echo 'exceljs@4.4.0 xlsx@0.18.5'
node see.mjs | tee seen
diff expected seen
