#!/usr/bin/env bash
# In a workbook with the 1904 date system the option `cellDates` of SheetJS (last version on npm)
# gives dates four years and a day too early, while the shown text of the same cell is right.
# Seen with xlsx@0.18.5 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts xlsx@0.18.5 >/dev/null
cat >see.mjs <<'JS'
import xlsx from 'xlsx';

const SERIAL_OF_2020_01_01 = { false: 43831, true: 42369 };
for (const date1904 of [false, true]) {
  const sheet = xlsx.utils.aoa_to_sheet([[{ t: 'n', v: SERIAL_OF_2020_01_01[date1904], z: 'yyyy-mm-dd' }]]);
  const book = { SheetNames: ['a'], Sheets: { a: sheet }, Workbook: { WBProps: { date1904 } } };
  const file = xlsx.write(book, { type: 'buffer', bookType: 'xlsx' });
  const cell = xlsx.read(file, { cellDates: true }).Sheets.a.A1;
  console.log(`date1904 ${date1904}: value ${cell.v.toISOString().slice(0, 10)}, text ${cell.w}`);
}
JS
cat >expected <<'SEEN'
date1904 false: value 2020-01-01, text 2020-01-01
date1904 true: value 2015-12-31, text 2020-01-01
SEEN
echo 'xlsx@0.18.5'
node see.mjs | tee seen
diff expected seen
