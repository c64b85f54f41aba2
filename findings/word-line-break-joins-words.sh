#!/usr/bin/env bash
# A line break inside a paragraph of a Word file (Shift+Enter) is nothing in the raw text of mammoth
# and officeparser: the words before and after it become one. Tabs are kept by mammoth and lost by
# officeparser. Neither gives a message.
# Seen with mammoth@1.13.0 officeparser@7.8.0 docx@9.15.2 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts mammoth@1.13.0 officeparser@7.8.0 docx@9.15.2 >/dev/null
cat >see.mjs <<'JS'
import { Document, Packer, Paragraph, Tab, TextRun } from 'docx';
import mammoth from 'mammoth';
import officeparser from 'officeparser';

const lines = new Paragraph({ children: [new TextRun('first'), new TextRun({ text: 'second', break: 1 })] });
const tabbed = new Paragraph({ children: [new TextRun({ children: ['left', new Tab(), 'right'] })] });
const file = await Packer.toBuffer(new Document({ sections: [{ children: [lines, tabbed] }] }));
const raw = await mammoth.extractRawText({ buffer: file });
console.log('mammoth:', JSON.stringify(raw.value), `${raw.messages.length} messages`);
console.log('officeparser:', JSON.stringify((await officeparser.parseOffice(file)).toText()));
JS
cat >expected <<'SEEN'
mammoth: "firstsecond\n\nleft\tright\n\n" 0 messages
officeparser: "firstsecond\nleftright"
SEEN
echo 'mammoth@1.13.0 officeparser@7.8.0 docx@9.15.2'
node see.mjs | tee seen
diff expected seen
