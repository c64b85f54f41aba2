#!/usr/bin/env bash
# officeparser leaves out the paragraphs of a content control (w:sdt, as around tables of contents and
# form fields of templates) and of w:customXml, and gives text that was moved with tracked changes twice,
# at its old and at its new place. mammoth reads all three right.
# Seen with officeparser@7.8.0 mammoth@1.13.0 fflate@0.8.3 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts officeparser@7.8.0 mammoth@1.13.0 fflate@0.8.3 >/dev/null
cat >see.mjs <<'JS'
import { strToU8, zipSync } from 'fflate';
import mammoth from 'mammoth';
import officeparser from 'officeparser';

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
      `${head}<w:document xmlns:w="${OPEN}/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ),
  }));
const run = (text) => `<w:r><w:t>${text}</w:t></w:r>`;
const moved = (kind, id) => `<w:p><w:${kind} w:id="${id}" w:author="a">${run('moved')}</w:${kind}></w:p>`;
const bodies = {
  'content control': `<w:sdt><w:sdtContent><w:p>${run('controlled')}</w:p></w:sdtContent></w:sdt>`,
  customXml: `<w:customXml w:uri="u" w:element="e"><w:p>${run('custom')}</w:p></w:customXml>`,
  move: moved('moveFrom', 1) + moved('moveTo', 2),
};
for (const [name, body] of Object.entries(bodies)) {
  const file = docx(`<w:p>${run('start')}</w:p>${body}`);
  const raw = (await mammoth.extractRawText({ buffer: file })).value.split(/\n+/).filter(Boolean);
  const text = (await officeparser.parseOffice(file)).toText().split('\n');
  console.log(`${name}: officeparser ${JSON.stringify(text)}, mammoth ${JSON.stringify(raw)}`);
}
JS
cat >expected <<'SEEN'
content control: officeparser ["start"], mammoth ["start","controlled"]
customXml: officeparser ["start"], mammoth ["start","custom"]
move: officeparser ["start","moved","moved"], mammoth ["start","moved"]
SEEN
echo 'officeparser@7.8.0 mammoth@1.13.0 fflate@0.8.3'
node see.mjs | tee seen
diff expected seen
