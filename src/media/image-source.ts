import type { Raster } from './pixels/raster.js';
import type { Pixels } from './pixels/pixels.js';

/** What stands under `image` in the results. Width and height are those of the upright image, in pixels. */
export interface ImageFacts {
  readonly width: number;
  readonly height: number;
  readonly format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic' | 'bmp' | 'svg';
  /** As stored: srgb, b-w, cmyk, rgb16, grey16, lab … */
  readonly color_space: string;
  readonly channels: number;
  readonly has_alpha: boolean;
  /** The EXIF orientation 1–8; 1 is upright. */
  readonly orientation: number;
  /** Pixels an inch, null when the file does not say. */
  readonly density: number | null;
  /** Images of an animation, pages of a TIFF. Everything else is found on the first. */
  readonly frames: number;
}

/** What some formats are decoded with. */
export interface MediaPrograms {
  /** Paths or names of the two binaries. */
  readonly ffmpeg: { readonly ffmpeg: string; readonly ffprobe: string };
}

/** An opened file of one format. */
export interface ImageSource {
  readonly facts: ImageFacts;
  /** The TIFF structure that holds the EXIF tags, or the path of a file that is one; null without tags. */
  readonly exif: Buffer | string | null;
  /**
   * The first image, upright, in sRGB, its longer side not above `longestSide` pixels; never enlarged.
   *
   * @throws WorkFailure `image_unreadable` when it cannot be decoded to its end
   */
  view(longestSide: number): Promise<Pixels>;
  /**
   * The same on white paper and without alpha, of any size. Missing where views of `KEPT_SIDE` show all that can be seen:
   * of drawings, and of images whose decoder leaves no memory for more.
   *
   * @throws WorkFailure `image_unreadable`
   */
  readonly large?: (longestSide: number) => Promise<Raster>;
}
