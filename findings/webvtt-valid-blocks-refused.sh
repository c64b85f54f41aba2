#!/usr/bin/env bash
# Both parsers refuse a WebVTT file with a STYLE or REGION block before its cues, as the format
# allows. `subtitle` also refuses cue identifiers that are no numbers. Comments (NOTE) pass.
# Seen with node-webvtt@1.9.4 subtitle@4.2.2 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts node-webvtt@1.9.4 subtitle@4.2.2 >/dev/null
cat >see.mjs <<'JS'
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const webvtt = require('node-webvtt');
const { parseSync } = require('subtitle');
const cue = '00:00:01.000 --> 00:00:02.000\nhello\n';
const outcome = (run) => {
  try {
    return `${run()} cue`;
  } catch (error) {
    return error.message;
  }
};
for (const block of ['', 'NOTE a comment\n\n', 'STYLE\n::cue { color: red }\n\n', 'REGION\nid:left\nwidth:40%\n\n', 'intro\n']) {
  const text = `WEBVTT\n\n${block}${cue}`;
  console.log(`${block.split('\n')[0] || 'plain'}:`);
  console.log(`  node-webvtt: ${outcome(() => webvtt.parse(text).cues.length)}`);
  console.log(`  subtitle: ${outcome(() => parseSync(text).filter(({ type }) => type === 'cue').length)}`);
}
JS
cat >expected <<'SEEN'
plain:
  node-webvtt: 1 cue
  subtitle: 1 cue
NOTE a comment:
  node-webvtt: 1 cue
  subtitle: 1 cue
STYLE:
  node-webvtt: Cue identifier needs to be followed by timestamp (cue #0)
  subtitle: expected timestamp at row 3, but received: "STYLE"
REGION:
  node-webvtt: Cue identifier needs to be followed by timestamp (cue #0)
  subtitle: expected timestamp at row 3, but received: "REGION"
intro:
  node-webvtt: 1 cue
  subtitle: expected timestamp at row 3, but received: "intro"
SEEN
echo 'node-webvtt@1.9.4 subtitle@4.2.2'
node see.mjs | tee seen
diff expected seen
