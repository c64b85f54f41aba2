#!/usr/bin/env bash
# DXF arcs run counterclockwise from start to end. For an arc that passes 0 degrees (350 to 10, thus
# 20 long) the field `angleLength` is minus 340 degrees: the other way round and the complement. Other
# arcs are right.
# Seen with dxf-parser@1.1.2 dxf-writer@1.18.4 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts dxf-parser@1.1.2 dxf-writer@1.18.4 >/dev/null
cat >see.mjs <<'JS'
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Drawing = require('dxf-writer');
const DxfParser = require('dxf-parser');
for (const [start, end] of [[10, 30], [200, 350], [350, 10], [270, 90]]) {
  const drawing = new Drawing().drawArc(0, 0, 5, start, end);
  const [arc] = new DxfParser().parseSync(drawing.toDxfString()).entities;
  console.log(`arc ${start} to ${end}: angleLength ${((arc.angleLength * 180) / Math.PI).toFixed(0)}`);
}
JS
cat >expected <<'SEEN'
arc 10 to 30: angleLength 20
arc 200 to 350: angleLength 150
arc 350 to 10: angleLength -340
arc 270 to 90: angleLength -180
SEEN
echo 'dxf-parser@1.1.2 dxf-writer@1.18.4'
node see.mjs | tee seen
diff expected seen
