#!/usr/bin/env bash
# The published test pairs for CIEDE2000 are plain Lab numbers. Culori's difference first converts its
# mode `lab` (white D50) to D65, so the pairs come out wrong unless they are given as `lab65`.
# chroma.js keeps colours as RGB and clips Lab outside sRGB, so the first pair gets a third of its
# distance. delta-e gives the published values.
# Seen with culori@4.0.2 chroma-js@3.2.0 delta-e@0.0.8 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts culori@4.0.2 chroma-js@3.2.0 delta-e@0.0.8 >/dev/null
cat >see.mjs <<'JS'
import chroma from 'chroma-js';
import { differenceCiede2000 } from 'culori';
import deltaE from 'delta-e';

const pairs = [
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
  [[50, 2.5, 0], [56, -27, -3], 31.903],
];
const culori = (mode, x, y) => differenceCiede2000()(...[x, y].map(([l, a, b]) => ({ mode, l, a, b }))).toFixed(4);
for (const [x, y, published] of pairs) {
  const [p, q] = [x, y].map(([L, A, B]) => ({ L, A, B }));
  console.log(
    `published ${published}: delta-e ${deltaE.getDeltaE00(p, q).toFixed(4)}, culori lab ${culori('lab', x, y)},`,
    `culori lab65 ${culori('lab65', x, y)}, chroma.js ${chroma.deltaE(chroma.lab(...x), chroma.lab(...y)).toFixed(4)}`,
  );
}
JS
cat >expected <<'SEEN'
published 2.0425: delta-e 2.0425, culori lab 1.8566, culori lab65 2.0425, chroma.js 0.6690
published 4.3065: delta-e 4.3065, culori lab 3.9586, culori lab65 4.3065, chroma.js 4.3065
published 31.903: delta-e 31.9030, culori lab 31.3654, culori lab65 31.9030, chroma.js 31.9030
SEEN
echo 'culori@4.0.2 chroma-js@3.2.0 delta-e@0.0.8'
node see.mjs | tee seen
diff expected seen
