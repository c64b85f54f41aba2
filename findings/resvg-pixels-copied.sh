#!/usr/bin/env bash
# The property `pixels` of a rendered picture makes a new buffer at every access, so a loop over
# `picture.pixels[i]` copies the whole picture for each byte; and its colours are multiplied by alpha,
# while the PNG of the same picture is not: half transparent red is 128 0 0 128.
# Seen with @resvg/resvg-js@2.6.2 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts @resvg/resvg-js@2.6.2 >/dev/null
cat >see.mjs <<'JS'
import { createRequire } from 'node:module';

const { Resvg } = createRequire(import.meta.url)('@resvg/resvg-js');
const half = '<rect width="4" height="4" fill="#f00" fill-opacity=".5"/>';
const picture = new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4">${half}</svg>`).render();
const { pixels } = picture;
pixels[0] = 7;
console.log(`same buffer: ${pixels === picture.pixels}`);
console.log(`a change is kept: ${picture.pixels[0] === 7}`);
console.log(`first pixel: ${[...picture.pixels.subarray(0, 4)].join(' ')}`);
JS
cat >expected <<'SEEN'
same buffer: false
a change is kept: false
first pixel: 128 0 0 128
SEEN
echo '@resvg/resvg-js@2.6.2'
node see.mjs | tee seen
diff expected seen
