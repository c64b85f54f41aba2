import { recognizeText } from '../../../media/ocr/recognize.js';
import { imageFeature } from '../image.feature.js';

/** English print: `content`, `confidence` 0–1, and each word with its confidence and its box in upright pixels. */
export const text = imageFeature({
  name: 'text',
  description: 'Printed English text, with the place of each word',
  run: async (image) => {
    const detail = await image.detail();
    const { content, confidence, words } = await recognizeText({ ...detail, channels: 4 });
    return {
      content,
      confidence,
      words: words.map((word) => ({ ...word, box: image.originalBox(word.box, detail) })),
    };
  },
});
