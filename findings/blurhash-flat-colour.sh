#!/usr/bin/env bash
# A picture of one single colour does not give a flat BlurHash: with 4 x 3 components the preview is
# darker and lighter than the picture by some steps, more so the smaller the picture that is hashed.
# With 1 x 1 components it is exact.
# Seen with blurhash@2.0.5 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts blurhash@2.0.5 >/dev/null
cat >see.mjs <<'JS'
import { decode, encode } from 'blurhash';

for (const side of [8, 32, 128]) {
  const grey = new Uint8ClampedArray(side * side * 4).fill(128).map((value, i) => (i % 4 === 3 ? 255 : value));
  for (const [x, y] of [[1, 1], [4, 3]]) {
    const red = decode(encode(grey, side, side, x, y), 32, 32).filter((_, i) => i % 4 === 0);
    console.log(`grey 128, ${side} x ${side}, ${x} x ${y} components: ${Math.min(...red)} to ${Math.max(...red)}`);
  }
}
JS
cat >expected <<'SEEN'
grey 128, 8 x 8, 1 x 1 components: 128 to 128
grey 128, 8 x 8, 4 x 3 components: 74 to 168
grey 128, 32 x 32, 1 x 1 components: 128 to 128
grey 128, 32 x 32, 4 x 3 components: 118 to 138
grey 128, 128 x 128, 1 x 1 components: 128 to 128
grey 128, 128 x 128, 4 x 3 components: 125 to 131
SEEN
echo 'blurhash@2.0.5'
node see.mjs | tee seen
diff expected seen
