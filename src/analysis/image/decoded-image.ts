import { lumaOf } from '../../media/pixels/pixels.js';
import { scaledBox } from '../../media/pixels/scaled-box.js';
import type { Box, Raster } from '../../media/pixels/raster.js';
import type { AnalysisOptions } from '../analyzer.js';
import type { ImageFacts, ImageSource } from '../../media/image-source.js';
import type { Luma, Pixels } from '../../media/pixels/pixels.js';

/** Longer side in pixels of the view that colours, quality, hashes and the thumbnail are taken from. */
export const PREVIEW_SIDE_PX = 512;

/** Longer side in pixels of the view in which text and codes are read, and faces are looked for. */
const DETAIL_SIDE_PX = 2500;

/** The same of the copy in which small faces are looked at more closely, with three bytes a pixel. */
const LARGE_SIDE_PX = 3 * DETAIL_SIDE_PX;

/**
 * What the features of an image share. There are two views, each made at most once: a small one, for which a JPEG is
 * decoded at an eighth of its size, and a detailed one when a feature reads. The small one never comes from the other,
 * so that no finding depends on which other features were asked for. A large copy is made for each caller that asks for it.
 */
export class DecodedImage {
  private lumaOfPreview?: Luma;
  private detailed?: Promise<Pixels>;

  private constructor(
    private readonly source: ImageSource,
    /** The upright image at 512 px on its longer side; smaller ones as they are. */
    readonly preview: Pixels,
    /** What the caller wants of the features. */
    readonly options: AnalysisOptions,
  ) {}

  /** @throws WorkFailure `image_unreadable`: a file is decoded before anything is said about it. */
  static async of(source: ImageSource, options: AnalysisOptions): Promise<DecodedImage> {
    return new DecodedImage(source, await source.view(PREVIEW_SIDE_PX), options);
  }

  get facts(): ImageFacts {
    return this.source.facts;
  }

  get exif(): ImageSource['exif'] {
    return this.source.exif;
  }

  /** The grey levels of the preview, on white. */
  get luma(): Luma {
    return (this.lumaOfPreview ??= lumaOf(this.preview));
  }

  /** The upright image at 2500 px on its longer side; smaller ones as they are. */
  detail(): Promise<Pixels> {
    return (this.detailed ??= this.source.view(DETAIL_SIDE_PX));
  }

  /**
   * A way to the upright image on white, in RGB, at 7500 px on its longer side; undefined when `detail` shows all there
   * is. It is decoded each time and kept only by the caller, since it may take 170 MB.
   */
  get large(): (() => Promise<Raster>) | undefined {
    const { facts, large } = this.source;
    if (!large || Math.max(facts.width, facts.height) <= DETAIL_SIDE_PX) return undefined;
    return () => large(LARGE_SIDE_PX);
  }

  /** A box in a view of this image, in whole pixels of the original. */
  originalBox(box: Box, view: { readonly width: number; readonly height: number }): Box {
    return scaledBox(box, view, this.facts);
  }
}
