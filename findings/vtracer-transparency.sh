#!/usr/bin/env bash
# VTracer (here through @neplex/vectorizer) keeps transparent parts only if they are wide: in a picture
# of 200 x 200 a square hole of 79 pixels is filled with opaque black, one of 80 stays a hole (0.4 of the
# width was the limit). Alpha between is dropped: a square of 2 % blue is traced as opaque blue.
# Seen with @neplex/vectorizer@0.1.0 sharp@0.35.5 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts @neplex/vectorizer@0.1.0 sharp@0.35.5 >/dev/null
cat >see.mjs <<'JS'
import { vectorize } from '@neplex/vectorizer';
import sharp from 'sharp';

const options = {
  colorMode: 0, colorPrecision: 6, cornerThreshold: 60, filterSpeckle: 4, hierarchical: 0, layerDifference: 5,
  lengthThreshold: 5, maxIterations: 2, mode: 2, pathPrecision: 5, spliceThreshold: 45,
};
const render = (svg) => sharp(Buffer.from(svg)).ensureAlpha();
const centreAfterTracing = async (shape) => {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">${shape}</svg>`;
  const traced = await vectorize(await render(drawing).png().toBuffer(), options);
  const at = (100 * 200 + 100) * 4;
  return [...(await render(traced).raw().toBuffer()).subarray(at, at + 4)].join(' ');
};
for (const side of [40, 79, 80]) {
  const from = 100 - side / 2;
  const shape = `<path fill-rule="evenodd" fill="#c00" d="M0 0H200V200H0ZM${from} ${from}v${side}h${side}v-${side}z"/>`;
  console.log(`hole of ${side}: centre is rgba ${await centreAfterTracing(shape)}`);
}
for (const opacity of [1, 0.35, 0.02]) {
  const shape = `<rect x="50" y="50" width="100" height="100" fill="#00f" fill-opacity="${opacity}"/>`;
  console.log(`blue of opacity ${opacity}: centre is rgba ${await centreAfterTracing(shape)}`);
}
JS
cat >expected <<'SEEN'
hole of 40: centre is rgba 0 0 0 255
hole of 79: centre is rgba 0 0 0 255
hole of 80: centre is rgba 0 0 0 0
blue of opacity 1: centre is rgba 0 0 255 255
blue of opacity 0.35: centre is rgba 0 0 255 255
blue of opacity 0.02: centre is rgba 0 0 255 255
SEEN
echo '@neplex/vectorizer@0.1.0 sharp@0.35.5'
node see.mjs | tee seen
diff expected seen
