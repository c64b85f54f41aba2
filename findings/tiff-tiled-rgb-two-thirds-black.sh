#!/usr/bin/env bash
# The decoder `tiff` (image-js) reads tiled TIFF, but of a tiled RGB picture it fills a third of the
# output and leaves the rest 0, without an error. Tiled grey pictures and RGB in strips are right.
# Seen with tiff@7.1.3 sharp@0.35.5 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts tiff@7.1.3 sharp@0.35.5 >/dev/null
cat >see.mjs <<'JS'
import sharp from 'sharp';
import { decode } from 'tiff';

for (const [kind, space] of [['grey', 'b-w'], ['RGB', 'srgb']]) {
  for (const tile of [false, true]) {
    const picture = sharp({ create: { width: 64, height: 64, channels: 3, background: '#808080' } }).toColourspace(space);
    const bytes = await picture.tiff({ compression: 'none', tile, tileWidth: 16, tileHeight: 16 }).toBuffer();
    const [{ data, components }] = decode(bytes);
    const zeros = data.filter((value) => value === 0).length;
    console.log(`${kind} in ${tile ? 'tiles' : 'strips'}: ${components} components, ${zeros} of ${data.length} values are 0`);
  }
}
JS
cat >expected <<'SEEN'
grey in strips: 1 components, 0 of 4096 values are 0
grey in tiles: 1 components, 0 of 4096 values are 0
RGB in strips: 3 components, 0 of 12288 values are 0
RGB in tiles: 3 components, 8192 of 12288 values are 0
SEEN
echo 'tiff@7.1.3 sharp@0.35.5'
node see.mjs | tee seen
diff expected seen
