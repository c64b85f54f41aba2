import type { Analyzer } from './analyzer.js';
import type { FileType } from '../media/media-type/file-types.js';
import { documentAnalyzer } from './document/document.analyzer.js';
import { imageAnalyzer } from './image/image.analyzer.js';
import { videoAnalyzer } from './video/video.analyzer.js';

export const analyzers: Readonly<Record<FileType, Analyzer>> = {
  image: imageAnalyzer,
  video: videoAnalyzer,
  document: documentAnalyzer,
};
