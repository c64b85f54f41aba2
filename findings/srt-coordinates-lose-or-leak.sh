#!/usr/bin/env bash
# SubRip allows a box after the times of a cue (X1: X2: Y1: Y2:). subsrt-ts drops such a cue with its
# words, srt-parser-2 makes the box a line of the caption, subtitle keeps it apart. subsrt-ts also
# drops a cue without text.
# Seen with subsrt-ts@2.1.2 srt-parser-2@1.2.3 subtitle@4.2.2 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts subsrt-ts@2.1.2 srt-parser-2@1.2.3 subtitle@4.2.2 >/dev/null
cat >see.mjs <<'JS'
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { parse } = require('subsrt-ts');
const SrtParser = require('srt-parser-2').default;
const { parseSync } = require('subtitle');
const cue = (number, box, text) => `${number}\n00:00:0${number},000 --> 00:00:0${number},900${box}\n${text}\n\n`;
const srt = cue(1, '', 'one') + cue(2, ' X1:100 X2:600 Y1:50 Y2:100', 'two') + cue(3, '', '') + cue(4, '', 'four');
console.log('subsrt-ts:', JSON.stringify(parse(srt, { format: 'srt' }).map(({ text }) => text)));
console.log('srt-parser-2:', JSON.stringify(new SrtParser().fromSrt(srt).map(({ text }) => text)));
console.log('subtitle:', JSON.stringify(parseSync(srt).map(({ data }) => data.text)));
JS
cat >expected <<'SEEN'
subsrt-ts: ["one","four"]
srt-parser-2: ["one","X1:100 X2:600 Y1:50 Y2:100\ntwo","","four"]
subtitle: ["one","two","","four"]
SEEN
echo 'subsrt-ts@2.1.2 srt-parser-2@1.2.3 subtitle@4.2.2'
node see.mjs | tee seen
diff expected seen
