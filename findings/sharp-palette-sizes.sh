#!/usr/bin/env bash
# The option `colours` of an indexed PNG is described as the maximum of palette entries, but it is
# rounded up to the next of 2, 4, 16 or 256 (what 1, 2, 4 and 8 bits can hold): with 5 the picture
# really uses 16 colours, with 17 it uses 256.
# Seen with sharp@0.35.5 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts sharp@0.35.5 >/dev/null
cat >see.mjs <<'JS'
import sharp from 'sharp';

const raw = Buffer.alloc(256 * 256 * 3);
for (let i = 0; i < 256 * 256; i++) raw.set([i % 256, i >> 8, 128], i * 3);
for (const colours of [3, 4, 5, 16, 17, 64]) {
  const png = await sharp(raw, { raw: { width: 256, height: 256, channels: 3 } })
    .png({ palette: true, colours, dither: 0 })
    .toBuffer();
  const pixels = await sharp(png).raw().toBuffer();
  const used = new Set();
  for (let i = 0; i < pixels.length; i += 3) used.add(pixels.readUIntBE(i, 3));
  console.log(`colours ${colours}: ${used.size} used`);
}
JS
cat >expected <<'SEEN'
colours 3: 4 used
colours 4: 4 used
colours 5: 16 used
colours 16: 16 used
colours 17: 256 used
colours 64: 256 used
SEEN
echo 'sharp@0.35.5'
node see.mjs | tee seen
diff expected seen
