/** What the detector looks at at once, in pixels. */
export const VIEW = { width: 320, height: 240 } as const;

/** Height of the smallest face, in pixels of the view, that the detector finds reliably. */
const MIN_FACE_HEIGHT_PX = 24;

/** How much the smallest images are enlarged to fill a view. */
const MAX_ENLARGEMENT = 4;

/** Between two levels; the larger, the more tiles have to overlap. */
const MAX_SCALE_STEP = 3;

/** A copy of the image and the views that cover it. */
export interface Level {
  readonly scale: number;
  /** Pixels of the copy. */
  readonly width: number;
  readonly height: number;
  /** Pixels: what is taller was seen on the level before, and looks like a face here for other reasons. */
  readonly tallest: number;
  /** Upper left corners of the views in the copy. */
  readonly tiles: readonly { readonly x: number; readonly y: number }[];
}

/**
 * Where to look for faces of every size: the whole image in one view, then larger copies, up to the image itself,
 * in views that overlap by more than the largest face which the level before may have missed.
 */
export function levelsOf(width: number, height: number): Level[] {
  const coarsest = Math.min(VIEW.width / width, VIEW.height / height, MAX_ENLARGEMENT);
  const finest = Math.max(coarsest, 1);
  const steps = Math.max(0, Math.ceil(Math.log(finest / coarsest) / Math.log(MAX_SCALE_STEP) - 1e-9));
  const step = steps === 0 ? 1 : (finest / coarsest) ** (1 / steps);
  return Array.from({ length: steps + 1 }, (_, index) => {
    const scale = coarsest * step ** index;
    const size = { width: scaled(width, scale), height: scaled(height, scale) };
    const overlap = Math.ceil(MIN_FACE_HEIGHT_PX * step * 1.25);
    const rows = starts(size.height, VIEW.height, overlap);
    const columns = starts(size.width, VIEW.width, overlap);
    return {
      scale,
      ...size,
      tallest: index === 0 ? Infinity : overlap,
      tiles: rows.flatMap((y) => columns.map((x) => ({ x, y }))),
    };
  });
}

const scaled = (length: number, scale: number) => Math.max(1, Math.round(length * scale));

/** The fewest starts of windows that cover a length, evenly spread. */
function starts(length: number, window: number, overlap: number): number[] {
  if (length <= window) return [0];
  const count = Math.ceil((length - overlap) / (window - overlap));
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - window)) / (count - 1)));
}
