import type sharpFunction from 'sharp';

/**
 * The decoders that uploads may reach. An SVG is only ever rendered from memory, after it was made harmless: a file
 * that says it is a PNG and is an SVG must not be rendered from its path.
 */
const ALLOWED = [
  'VipsForeignLoadJpeg',
  'VipsForeignLoadPng',
  'VipsForeignLoadWebp',
  'VipsForeignLoadNsgif',
  'VipsForeignLoadTiff',
  'VipsForeignLoadHeif',
  'VipsForeignLoadSvgBuffer',
];

let loaded: Promise<typeof sharpFunction> | undefined;

/** sharp, set up once a process: few decoders, one thread an image (the processes are the parallelism), no cache. */
export function loadSharp(): Promise<typeof sharpFunction> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: ALLOWED });
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return loaded;
}
