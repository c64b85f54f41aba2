#!/usr/bin/env bash
# UPC-A (12 digits) is reported as format EAN13 with a zero put before it, and UPC-E (8 digits) as
# UPCE but with the 13 digits of its expansion; asking for UPCA alone changes the name, not the text.
# The digits under the bars are nowhere.
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
for (const [bcid, text] of [['upca', '036000291452'], ['upce', '01234565'], ['ean8', '96385074']]) {
  const png = await bwip.toBuffer({ bcid, text, scale: 3, padding: 12, backgroundcolor: 'FFFFFF' });
  for (const formats of [[], [bcid === 'ean8' ? 'EAN8' : bcid.toUpperCase()]]) {
    const [code] = await readBarcodes(png, { formats });
    console.log(`${bcid} ${text} asked for ${formats[0] ?? 'any'}: ${code.text} as ${code.format}`);
  }
}
JS
cat >expected <<'SEEN'
upca 036000291452 asked for any: 0036000291452 as EAN13
upca 036000291452 asked for UPCA: 0036000291452 as UPCA
upce 01234565 asked for any: 0012345000065 as UPCE
upce 01234565 asked for UPCE: 0012345000065 as UPCE
ean8 96385074 asked for any: 96385074 as EAN8
ean8 96385074 asked for EAN8: 96385074 as EAN8
SEEN
echo 'zxing-wasm@3.1.4 bwip-js@4.11.4'
node see.mjs | tee seen
diff expected seen
