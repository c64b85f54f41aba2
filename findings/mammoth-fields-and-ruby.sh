#!/usr/bin/env bash
# mammoth leaves out the text of fields in their short form (w:fldSimple: author, date, references)
# and both the base and the reading of ruby text, so a Japanese sentence loses its annotated words;
# the long form of the same field (w:fldChar) is read. A message names the element, but says nothing
# of lost text.
# Seen with mammoth@1.13.0 fflate@0.8.3 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts mammoth@1.13.0 fflate@0.8.3 >/dev/null
cat >see.mjs <<'JS'
import { strToU8, zipSync } from 'fflate';
import mammoth from 'mammoth';

const OPEN = 'http://schemas.openxmlformats.org';
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const kinds = 'application/vnd.openxmlformats';
const types = `<Default Extension="rels" ContentType="${kinds}-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="${kinds}-officedocument.wordprocessingml.document.main+xml"/>`;
const relation = `Id="r1" Type="${OPEN}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"`;
const docx = (body) =>
  Buffer.from(zipSync({
    '[Content_Types].xml': strToU8(`${head}<Types xmlns="${OPEN}/package/2006/content-types">${types}</Types>`),
    '_rels/.rels': strToU8(
      `${head}<Relationships xmlns="${OPEN}/package/2006/relationships"><Relationship ${relation}/></Relationships>`,
    ),
    'word/document.xml': strToU8(
      `${head}<w:document xmlns:w="${OPEN}/wordprocessingml/2006/main"><w:body><w:p>${body}</w:p></w:body></w:document>`,
    ),
  }));
const run = (text) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
const mark = (type) => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
const bodies = {
  'short field': `${run('by ')}<w:fldSimple w:instr="AUTHOR">${run('Ada')}</w:fldSimple>`,
  'long field': `${run('by ')}${mark('begin')}<w:r><w:instrText>AUTHOR</w:instrText></w:r>${mark('separate')}${run('Ada')}${mark('end')}`,
  ruby: `${run('in ')}<w:r><w:ruby><w:rt>${run('toukyou')}</w:rt><w:rubyBase>${run('東京')}</w:rubyBase></w:ruby></w:r>`,
};
for (const [name, body] of Object.entries(bodies)) {
  const { value, messages } = await mammoth.extractRawText({ buffer: docx(body) });
  console.log(`${name}: ${JSON.stringify(value.trim())}`, ...messages.map(({ message }) => message));
}
JS
cat >expected <<'SEEN'
short field: "by" An unrecognised element was ignored: w:fldSimple
long field: "by Ada"
ruby: "in" An unrecognised element was ignored: w:ruby
SEEN
echo 'mammoth@1.13.0 fflate@0.8.3'
node see.mjs | tee seen
diff expected seen
