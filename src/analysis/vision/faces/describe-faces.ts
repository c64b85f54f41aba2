import type { Box, Point, Raster } from '../raster.js';
import { FaceAge } from './face-age.js';
import { FaceCrop } from './face-crop.js';
import { type Detection, FaceDetector } from './face-detector.js';
import { FaceEmbedder } from './face-embedder.js';
import { FaceLandmarks } from './face-landmarks.js';
import { FacePose, type Pose } from './face-pose.js';
import { findFaces } from './find-faces.js';

/** All that is said about a face, in pixels of the picture. */
export interface Face {
  readonly box: Box;
  /** How sure the detector is, 0–1. */
  readonly score: number;
  /** The eyes, the tip of the nose and the corners of the mouth, each pair from the left of the picture. */
  readonly landmarks: readonly Point[];
  readonly pose: Pose;
  /** Years, as the face looks. */
  readonly estimatedAge: number;
  readonly embedding: Float32Array | null;
}

/** What every face is shown to. */
export const DESCRIBING_MODELS = ['face-detector', 'face-landmarks', 'face-pose', 'face-age'] as const;

/** Finds and describes the faces of pictures. */
export class FaceDescriber {
  private constructor(
    private readonly detector: FaceDetector,
    private readonly landmarks: FaceLandmarks,
    private readonly pose: FacePose,
    private readonly age: FaceAge,
    private readonly embedder: FaceEmbedder | null,
  ) {}

  /** @throws AnalysisFailure `model_unavailable` */
  static async load(models: string, { embeddings }: { readonly embeddings: boolean }): Promise<FaceDescriber> {
    return new FaceDescriber(
      await FaceDetector.load(models),
      await FaceLandmarks.load(models),
      await FacePose.load(models),
      await FaceAge.load(models),
      embeddings ? await FaceEmbedder.load(models) : null,
    );
  }

  /** The surest first. */
  async faces(picture: Raster): Promise<Face[]> {
    const faces: Face[] = [];
    for (const detection of await findFaces(this.detector, picture))
      faces.push(await this.describe(detection, picture));
    return faces;
  }

  private async describe({ box, score }: Detection, picture: Raster): Promise<Face> {
    const crop = await FaceCrop.around(box, picture);
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
