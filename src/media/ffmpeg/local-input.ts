/** How a local file is opened; both programs understand these arguments. */
export interface LocalInput {
  readonly path: string;
  /** The one demuxer that may read it, such as `mov`, as its type was found by its bytes. */
  readonly demuxer: string;
  /** Pixels of one image above which nothing is decoded. */
  readonly maxPixels: number;
  /** Decoder threads. */
  readonly threads: number;
  /** Options of the demuxer. */
  readonly options?: readonly string[];
}

const MAX_STREAMS = 100;

/**
 * Input arguments that let one demuxer read one local file and nothing else. Formats that name other files (HLS, DASH,
 * concat, image sequences) are no candidates, also not as a subtitle inside an AVI, and no protocol but `file` exists.
 */
export function localInput({ path, demuxer, maxPixels, threads, options = [] }: LocalInput): string[] {
  return [
    ...['-protocol_whitelist', 'file', '-format_whitelist', demuxer, '-f', demuxer, ...options],
    ...['-max_streams', String(MAX_STREAMS), '-max_pixels', String(maxPixels), '-threads', String(threads)],
    // The prefix keeps a name that starts with a dash or looks like a URL from being anything but a name.
    ...['-i', `file:${path}`],
  ];
}
