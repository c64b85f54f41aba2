#!/usr/bin/env bash
# With `strict`, isISO8601 refuses every calendar date of the years 0000 to 0099, which ISO 8601 has,
# but takes their ordinal dates; and it takes week 53 of years that have 52 weeks.
# Seen with validator@13.15.35 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts validator@13.15.35 >/dev/null
cat >see.mjs <<'JS'
import validator from 'validator';

for (const text of ['0099-02-28', '0099-059', '0100-02-28', '2020-W53-1', '2021-W53-1', '2021-366']) {
  console.log(`${text}: ${validator.isISO8601(text, { strict: true })}`);
}
JS
cat >expected <<'SEEN'
0099-02-28: false
0099-059: true
0100-02-28: true
2020-W53-1: true
2021-W53-1: true
2021-366: false
SEEN
echo 'validator@13.15.35'
node see.mjs | tee seen
diff expected seen
