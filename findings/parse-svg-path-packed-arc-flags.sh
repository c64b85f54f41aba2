#!/usr/bin/env bash
# The grammar of SVG paths lets the two flags of an arc stand without separators ("a10 10 0 0120 0").
# SVGO writes them so with noSpaceAfterFlags, and parse-svg-path refuses its output as malformed.
# Seen with parse-svg-path@0.2.0 svgo@4.1.0 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts parse-svg-path@0.2.0 svgo@4.1.0 >/dev/null
cat >see.mjs <<'JS'
import parse from 'parse-svg-path';
import { optimize } from 'svgo';

const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M10 20A10 10 0 0 1 30 20A10 10 0 0 1 10 20Z"/></svg>';
for (const noSpaceAfterFlags of [false, true]) {
  const { data } = optimize(drawing, { plugins: [{ name: 'convertPathData', params: { noSpaceAfterFlags } }] });
  const [, path] = /d="([^"]*)"/.exec(data);
  try {
    console.log(`${path}: ${parse(path).length} commands`);
  } catch (error) {
    console.log(`${path}: ${error.message}`);
  }
}
JS
cat >expected <<'SEEN'
M10 20a10 10 0 0 1 20 0 10 10 0 0 1-20 0: 3 commands
M10 20a10 10 0 0120 0 10 10 0 01-20 0: malformed path data
SEEN
echo 'parse-svg-path@0.2.0 svgo@4.1.0'
node see.mjs | tee seen
diff expected seen
