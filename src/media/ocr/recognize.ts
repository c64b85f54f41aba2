import { startRecognizer } from './recognizer.js';
import type { Recognizer } from './recognizer.js';
import type { Page, Word } from 'tesseract.js';

/** Pixels of the image that was given, its upper left corner being 0, 0. */
export interface TextBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface RecognizedWord {
  readonly text: string;
  /** 0–1. */
  readonly confidence: number;
  readonly box: TextBox;
}

export interface RecognizedText {
  /** The words in reading order, a line break after each line, an empty line between paragraphs. */
  readonly content: string;
  /** 0–1: the mean of the words'; 0 when there are none. */
  readonly confidence: number;
  readonly words: readonly RecognizedWord[];
}

/** Decoded pixels, rows from the top, 8 bits a channel: grey, grey and alpha, RGB or RGBA. */
export interface RawImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Longer side in pixels that is read at most: A4 at 215 dpi. */
const MAX_SIDE_PX = 2500;

/** Below this longer side the image is doubled, since Tesseract wants letters of 20 pixels and more. */
const DOUBLED_BELOW_SIDE_PX = 1000;

/** What Tesseract believes less than this is texture that it took for letters. */
const MIN_CONFIDENCE = 0.3;

let running: Promise<Recognizer> | undefined;

/**
 * Reads English print with Tesseract (Smith, 2007; its LSTM engine). One engine is started on first use and kept warm
 * for the life of the process; calls wait for each other. Transparent parts count as white paper.
 */
export async function recognizeText(image: RawImage): Promise<RecognizedText> {
  const sheet = await prepare(image);
  const recognizer = await (running ??= start());
  return describe(await recognizer.read(sheet.pgm), sheet.scale);
}

async function start(): Promise<Recognizer> {
  const forget = () => (running = undefined);
  try {
    return await startRecognizer(forget);
  } catch (error) {
    forget();
    throw error;
  }
}

/** Ends the engine, if one was started; the next call of `recognizeText` starts another. */
export async function closeRecognizer(): Promise<void> {
  const recognizer = await running;
  running = undefined;
  await recognizer?.close();
}

/** A greyscale portable graymap in the size that reads best, and how many of its pixels make one of the original's. */
async function prepare(image: RawImage): Promise<{ pgm: Buffer; scale: { x: number; y: number } }> {
  const { default: sharp } = await import('sharp');
  const { width, height, channels } = image;
  const longer = Math.max(width, height);
  const side = Math.min(MAX_SIDE_PX, longer < DOUBLED_BELOW_SIDE_PX ? 2 * longer : longer);
  const { data, info } = await sharp(image.data, { raw: { width, height, channels } })
    .flatten({ background: 'white' })
    .greyscale()
    .resize({ width: side, height: side, fit: 'inside', kernel: 'cubic' })
    .toColourspace('b-w')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { pgm: graymap(data, info), scale: { x: info.width / width, y: info.height / height } };
}

/** The comment keeps pixels out of the first 500 bytes, in which tesseract.js looks for an EXIF orientation. */
function graymap(pixels: Buffer, { width, height }: { width: number; height: number }): Buffer {
  return Buffer.concat([Buffer.from(`P5\n#${' '.repeat(500)}\n${width} ${height}\n255\n`, 'latin1'), pixels]);
}

function describe(page: Page, scale: { x: number; y: number }): RecognizedText {
  const paragraphs = (page.blocks ?? [])
    .flatMap((block) => block.paragraphs)
    .map(({ lines }) => lines.map((line) => line.words.filter(isCredible)).filter((words) => words.length > 0))
    .filter((lines) => lines.length > 0);
  const words = paragraphs.flat(2).map((word) => describeWord(word, scale));
  return {
    content: paragraphs.map((lines) => lines.map(inOneLine).join('\n')).join('\n\n'),
    confidence:
      words.length === 0 ? 0 : thousandths(words.reduce((sum, word) => sum + word.confidence, 0) / words.length),
    words,
  };
}

const isCredible = ({ text, confidence }: Word) => text.trim() !== '' && confidence / 100 >= MIN_CONFIDENCE;

const inOneLine = (words: readonly Word[]) => words.map(({ text }) => text.trim()).join(' ');

function describeWord({ text, confidence, bbox }: Word, scale: { x: number; y: number }): RecognizedWord {
  const [x, y] = [Math.floor(bbox.x0 / scale.x), Math.floor(bbox.y0 / scale.y)];
  return {
    text: text.trim(),
    confidence: thousandths(confidence / 100),
    box: { x, y, width: Math.ceil(bbox.x1 / scale.x) - x, height: Math.ceil(bbox.y1 / scale.y) - y },
  };
}

const thousandths = (value: number) => Math.round(value * 1000) / 1000;
