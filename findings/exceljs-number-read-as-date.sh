#!/usr/bin/env bash
# A number format may hold letters that are escaped or quoted, such as a unit. With an escaped d, h,
# m, s or y the reader takes the cell for a date: 12 in the format `0 \h` (shown as "12 h") is read as
# a Date in 1900, while the same unit in quotes (`0 "h"`) is read as 12. A duration in `[h]:mm`
# becomes a Date of 1899 as well.
# Seen with exceljs@4.4.0 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts exceljs@4.4.0 >/dev/null
cat >see.mjs <<'JS'
import exceljs from 'exceljs';

const cells = [[12, '0 \\h'], [12, '0 "h"'], [5, '0\\d'], [5, '0" days"'], [80, '0 \\k\\m'], [80, '0 \\k\\g'], [1.5, '[h]:mm']];
const book = new exceljs.Workbook();
const sheet = book.addWorksheet('units');
cells.forEach(([value, numFmt], row) => Object.assign(sheet.getCell(row + 1, 1), { value, numFmt }));
const again = new exceljs.Workbook();
await again.xlsx.load(await book.xlsx.writeBuffer());
cells.forEach(([value, numFmt], row) => {
  const read = again.worksheets[0].getCell(row + 1, 1).value;
  console.log(`${value} in ${numFmt} read as ${read instanceof Date ? read.toISOString() : read}`);
});
JS
cat >expected <<'SEEN'
12 in 0 \h read as 1900-01-11T00:00:00.000Z
12 in 0 "h" read as 12
5 in 0\d read as 1900-01-04T00:00:00.000Z
5 in 0" days" read as 5
80 in 0 \k\m read as 1900-03-20T00:00:00.000Z
80 in 0 \k\g read as 80
1.5 in [h]:mm read as 1899-12-31T12:00:00.000Z
SEEN
echo 'exceljs@4.4.0'
node see.mjs | tee seen
diff expected seen
