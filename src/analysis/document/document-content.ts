import type { CollectedText, TextCollector } from './text-collector.js';

export type DocumentFormat = 'pdf' | 'docx' | 'xlsx' | 'pptx' | 'csv' | 'txt' | 'md' | 'html';

/** How many of each there are; null where the format does not say (a PDF knows no tables, a text no slides). */
export interface StructureCounts {
  readonly tables: number | null;
  readonly images: number | null;
  readonly links: number | null;
  readonly headings: number | null;
  readonly sheets: number | null;
  readonly slides: number | null;
}

/** What the document says of itself; times are ISO 8601 UTC. */
export interface DocumentMetadata {
  readonly title: string | null;
  readonly author: string | null;
  readonly created: string | null;
  readonly modified: string | null;
}

/** What a reader finds besides the text, which it writes to its source's collector on the way. */
export interface DocumentFacts {
  readonly format: DocumentFormat;
  readonly pages: number | null;
  /** Encrypted, yet open to everybody (an empty password); others fail. */
  readonly encrypted: boolean;
  readonly metadata: DocumentMetadata;
  readonly structure: StructureCounts;
  /** Page numbers from 1. */
  readonly ocr: { readonly pages: readonly number[]; readonly failed: boolean };
  /** Whether a line ends because the page did, so that a sentence runs over line ends. */
  readonly wrapped: boolean;
}

/** What features work on: the facts, the text in full on disk, and its head in memory. */
export interface DocumentContent extends DocumentFacts {
  readonly path: string;
  readonly text: CollectedText;
  /** The head of the text with sentences in one line each, for the features that look at language. */
  readonly prose: string;
  readonly language: DetectedLanguage;
}

/** ISO 639-1; null when there is too little to tell. Confidence 0–1. */
export interface DetectedLanguage {
  readonly code: string | null;
  readonly confidence: number;
}

export interface DocumentSource {
  readonly path: string;
  readonly text: TextCollector;
  /** How many pages without a text layer may be read by OCR. */
  readonly ocrMaxPages: number;
  /** @param share 0–1 of the reading. */
  readonly progress: (share: number, message: string) => void;
  /** Takes an error that costs a part of the document, not the whole, to the operators' log. */
  readonly report: (error: unknown) => void;
}

/** One format: writes the text to the collector in reading order and answers the rest. */
export type DocumentReader = (source: DocumentSource) => Promise<DocumentFacts>;

export const noMetadata: DocumentMetadata = { title: null, author: null, created: null, modified: null };

export const nothingCounted: StructureCounts = {
  tables: null,
  images: null,
  links: null,
  headings: null,
  sheets: null,
  slides: null,
};

export const noOcr: DocumentFacts['ocr'] = { pages: [], failed: false };
