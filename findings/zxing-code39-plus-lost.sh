#!/usr/bin/env bash
# A HIBC label (the bar code of medical devices) is Code 39 whose text begins with "+". The reader
# takes "+A" for the full-ASCII escape of "a" and reports format Code39Ext: the "+" that marks a HIBC
# code is gone and a letter changed its case, also when only the family Code39 is asked for. The bar
# code cannot say which of the two is meant; only the format Code39Std gives it as written.
# Seen with zxing-wasm@3.1.4 bwip-js@4.11.4 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts zxing-wasm@3.1.4 bwip-js@4.11.4 >/dev/null
cat >see.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import bwip from 'bwip-js';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) } });
for (const text of ['+A123BJC5D6E71', '+123', 'A+B']) {
  const png = await bwip.toBuffer({ bcid: 'code39', text, scale: 3, height: 20, padding: 12, backgroundcolor: 'FFFFFF' });
  for (const format of ['Code39', 'Code39Std']) {
    const [code] = await readBarcodes(png, { formats: [format] });
    console.log(`${text} asked for ${format}: ${code.text} as ${code.format}`);
  }
}
JS
cat >expected <<'SEEN'
+A123BJC5D6E71 asked for Code39: a123BJC5D6E71 as Code39Ext
+A123BJC5D6E71 asked for Code39Std: +A123BJC5D6E71 as Code39
+123 asked for Code39: +123 as Code39
+123 asked for Code39Std: +123 as Code39
A+B asked for Code39: Ab as Code39Ext
A+B asked for Code39Std: A+B as Code39
SEEN
echo 'zxing-wasm@3.1.4 bwip-js@4.11.4'
node see.mjs | tee seen
diff expected seen
