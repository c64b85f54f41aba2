import type { Box, Point, Raster } from '../../media/pixels/raster.js';
import { boxInCopy, type Size } from '../../media/pixels/scaled-box.js';
import { FaceAge } from './face-age.js';
import { FaceCrop } from './face-crop.js';
import { type Detection, FaceDetector } from './detection/face-detector.js';
import { FaceEmbedder } from './embedding/face-embedder.js';
import { FaceLandmarks } from './face-landmarks.js';
import { FacePose, type Pose } from './face-pose.js';
import { verifyFaces, detectAtAllScales } from './detection/detect-faces.js';
import { refineFaces, type DetectionsInCopy } from './detection/refine-faces.js';

/** All that is said about a face, in pixels of the image. */
export interface Face {
  readonly box: Box;
  /** How sure the detector is, 0–1. */
  readonly score: number;
  /** The eyes, the tip of the nose and the corners of the mouth, each pair from the left of the image. */
  readonly landmarks: readonly Point[];
  readonly pose: Pose;
  /** Years, as the face looks. */
  readonly estimatedAge: number;
  readonly embedding: Float32Array | null;
}

/** What every face is shown to. */
export const DESCRIBING_MODELS = ['face-detector', 'face-landmarks', 'face-pose', 'face-age'] as const;

/** Finds and describes the faces of images. */
export class FaceDescriber {
  private constructor(
    private readonly detector: FaceDetector,
    private readonly landmarks: FaceLandmarks,
    private readonly pose: FacePose,
    private readonly age: FaceAge,
    private readonly embedder: FaceEmbedder | null,
  ) {}

  /** @throws WorkFailure `model_unavailable` */
  static async load(models: string, { embeddings }: { readonly embeddings: boolean }): Promise<FaceDescriber> {
    return new FaceDescriber(
      await FaceDetector.load(models),
      await FaceLandmarks.load(models),
      await FacePose.load(models),
      await FaceAge.load(models),
      embeddings ? await FaceEmbedder.load(models) : null,
    );
  }

  /**
   * The surest first, in pixels of the image.
   *
   * @param larger a copy of the image to look at when there may be small faces
   */
  async describeFaces(image: Raster, larger?: () => Promise<Raster>): Promise<Face[]> {
    const { copy, faces } = larger ? await refineFaces(this.detector, image, larger) : await this.detect(image);
    const described: Face[] = [];
    for (const face of faces) described.push(inCopy(await this.describe(face, copy), copy, image));
    return described;
  }

  private async detect(image: Raster): Promise<DetectionsInCopy> {
    const candidates = await detectAtAllScales(this.detector, image, this.detector.minCandidateScore);
    return { copy: image, faces: await verifyFaces(this.detector, image, candidates) };
  }

  private async describe({ box, score }: Detection, image: Raster): Promise<Face> {
    const crop = await FaceCrop.around(box, image);
    const landmarks = await this.landmarks.find(crop);
    return {
      box,
      score,
      landmarks,
      pose: await this.pose.estimate(crop),
      estimatedAge: await this.age.estimate(crop),
      embedding: this.embedder && (await this.embedder.embed(crop, landmarks)),
    };
  }
}

function inCopy(face: Face, from: Size, to: Size): Face {
  if (from === to) return face;
  const [across, along] = [to.width / from.width, to.height / from.height];
  const landmarks = face.landmarks.map(([x, y]): Point => [x * across, y * along]);
  return { ...face, box: boxInCopy(face.box, from, to), landmarks };
}
