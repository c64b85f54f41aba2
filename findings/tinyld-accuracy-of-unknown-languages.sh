#!/usr/bin/env bash
# For text in a language that it was not trained on, tinyld names another one with accuracy 1, the
# highest: Slovene as Lithuanian, Galician as Spanish, Albanian as Irish. A language that it knows
# (Danish) gets the same 1, so a threshold on the accuracy does not keep wrong names out; Croatian,
# unknown as well, happens to get 0.07.
# Seen with tinyld@1.3.4 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts tinyld@1.3.4 >/dev/null
cat >see.mjs <<'JS'
import { createRequire } from 'node:module';

const { detectAll } = createRequire(import.meta.url)('tinyld');
const sentences = {
  Slovene: 'Danes je lep dan in otroci se igrajo na dvorišču pred šolo.',
  Galician: 'Hoxe é un día fermoso e os nenos xogan no patio diante da escola.',
  Albanian: 'Sot është një ditë e bukur dhe fëmijët luajnë në oborr para shkollës.',
  Croatian: 'Danas je lijep dan i djeca se igraju u dvorištu ispred škole.',
  Danish: 'I dag er det en smuk dag, og børnene leger i gården foran skolen.',
};
for (const [language, sentence] of Object.entries(sentences)) {
  const [best] = detectAll(sentence);
  console.log(`${language}: ${best.lang} with accuracy ${best.accuracy.toFixed(2)}`);
}
JS
cat >expected <<'SEEN'
Slovene: lt with accuracy 1.00
Galician: es with accuracy 1.00
Albanian: ga with accuracy 1.00
Croatian: sr with accuracy 0.07
Danish: da with accuracy 1.00
SEEN
echo 'tinyld@1.3.4'
node see.mjs | tee seen
diff expected seen
