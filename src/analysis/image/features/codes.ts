import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { imageFeature } from '../image.feature.js';
import { onWhite } from '../../../media/pixels/on-white.js';
import type { Box } from '../../../media/pixels/raster.js';
import type { Pixels } from '../../../media/pixels/pixels.js';
import type { ReaderOptions, ReadResult } from 'zxing-wasm/reader';

/** Video edges and the like are left out: any row of stripes passes for one. */
const READER: ReaderOptions = {
  formats: [
    'QRCode',
    'MicroQRCode',
    'RMQRCode',
    'DataMatrix',
    'Aztec',
    'PDF417',
    'MaxiCode',
    'EAN13',
    'EAN8',
    'UPCA',
    'UPCE',
    'Code128',
    'Code39',
    'Code93',
    'ITF',
    'Codabar',
    'DataBar',
    'DataBarLtd',
    'DataBarExp',
  ],
  tryHarder: true,
  maxNumberOfSymbols: 100,
};

/** The names people know; every other format is called as the reader calls it. */
const NAMES: Readonly<Record<string, string>> = {
  QRCodeModel1: 'QRCode',
  QRCodeModel2: 'QRCode',
  AztecCode: 'Aztec',
  Code39Std: 'Code39',
  Code39Ext: 'Code39',
};

/**
 * QR, Micro QR, Data Matrix, Aztec, PDF417, MaxiCode, EAN, UPC, Code 128, 39 and 93, ITF, Codabar and DataBar (ZXing)
 * as `{format, text, box}`: at most 100, the box upright around the code in pixels of the upright image.
 */
export const codes = imageFeature({
  name: 'codes',
  description: 'QR codes and bar codes with their texts and places',
  run: async (image) => {
    const detail = await image.detail();
    const found = await readCodes(detail);
    return found.map((code) => ({
      format: NAMES[code.format] ?? code.format,
      text: code.text,
      box: image.originalBox(boundsOf(code), detail),
    }));
  },
});

async function readCodes({ data, width, height }: Pixels): Promise<ReadResult[]> {
  const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader');
  await (prepared ??= wasmBinary().then((binary) => {
    // Left to itself the reader would fetch its binary from a CDN.
    prepareZXingModule({ overrides: { wasmBinary: binary } });
  }));
  // The reader does not look at alpha.
  return readBarcodes({ data: onWhite(data), width, height, colorSpace: 'srgb' }, READER);
}

let prepared: Promise<void> | undefined;

async function wasmBinary(): Promise<ArrayBuffer> {
  const bytes = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

function boundsOf({ position: { topLeft, topRight, bottomLeft, bottomRight } }: ReadResult): Box {
  const corners = [topLeft, topRight, bottomLeft, bottomRight];
  const [across, along] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const [x, y] = [Math.min(...across), Math.min(...along)];
  return { x, y, width: Math.max(...across) - x, height: Math.max(...along) - y };
}
