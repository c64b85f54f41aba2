#!/usr/bin/env bash
# RIFF pads a chunk of odd size with one byte. node-wav does not skip it, misses every chunk that
# follows and returns undefined instead of an error for a file whose sound stands behind such a chunk.
# It also ends too early in a Buffer that is a part of a larger one (as small and sliced Buffers are
# in Node), and again returns undefined. wavefile reads both.
# Seen with node-wav@0.0.2 wavefile@11.0.0 on Node 20.20.2, Linux x64; output: `expected` below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-save --silent --no-audit --no-fund --ignore-scripts node-wav@0.0.2 wavefile@11.0.0 >/dev/null
cat >see.mjs <<'JS'
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const wav = require('node-wav');
const { WaveFile } = require('wavefile');
const u32 = (n) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];
const chunk = (id, bytes) => [...Buffer.from(id), ...u32(bytes.length), ...bytes, ...(bytes.length % 2 ? [0] : [])];
const file = (...chunks) => Uint8Array.from([...Buffer.from('RIFF'), ...u32(chunks.flat().length + 4), ...Buffer.from('WAVE'), ...chunks.flat()]);
const format = chunk('fmt ', [1, 0, 1, 0, ...u32(8000), ...u32(16000), 2, 0, 16, 0]);
const data = chunk('data', [0, 64, 0, 192]);

const report = (name, bytes) => {
  const samples = wav.decode(bytes)?.channelData[0].length;
  console.log(`${name}: node-wav ${samples} samples, wavefile ${new WaveFile(bytes).getSamples(false).length}`);
};
const own = (bytes) => Buffer.from(bytes.buffer);
const larger = Buffer.alloc(4096);
const plain = file(format, data);
larger.set(plain, 1024);
report('plain', own(plain));
report('chunk of 4 bytes before the sound', own(file(format, chunk('note', [1, 2, 3, 4]), data)));
report('chunk of 3 bytes before the sound', own(file(format, chunk('note', [1, 2, 3]), data)));
report('plain, in a larger buffer', larger.subarray(1024, 1024 + plain.length));
JS
cat >expected <<'SEEN'
plain: node-wav 2 samples, wavefile 2
chunk of 4 bytes before the sound: node-wav 2 samples, wavefile 2
chunk of 3 bytes before the sound: node-wav undefined samples, wavefile 2
plain, in a larger buffer: node-wav undefined samples, wavefile 2
SEEN
echo 'node-wav@0.0.2 wavefile@11.0.0'
node see.mjs | tee seen
diff expected seen
