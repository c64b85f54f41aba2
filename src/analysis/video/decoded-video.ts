import { videoWithoutFrames } from '../analysis.failures.js';
import { findCuts } from './cuts.js';
import { type Header, readHeader } from './header.js';
import { type Scene, scenesBetween, spread } from './scenes.js';
import { hasDecodableFrame, type Still, takeStill } from './stills.js';
import { measureTimeline, type Timeline } from './timeline.js';
import type { VideoSource } from './video-source.js';

/** Takes how much of the work is done, in percent. */
export type ProgressListener = (percent: number, message: string) => void;

/** One still a scene, of at most so many scenes. */
const MAX_STILLS = 20;

/** Where a step begins and ends in the progress of the whole, in percent. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const OPENED_PERCENT = 5;

/** Following faces takes longer than all else. */
const STEP_PERCENTS = {
  withFaces: { scenes: { from: OPENED_PERCENT, to: 40 }, stills: { from: 40, to: 50 }, faces: { from: 50, to: 98 } },
  without: { scenes: { from: OPENED_PERCENT, to: 70 }, stills: { from: 70, to: 95 }, faces: { from: 95, to: 98 } },
};

/** What the caller asked for. */
export interface VideoSettings {
  /** Scene score, 0–1, above which a frame starts a new scene. */
  readonly sceneThreshold: number;
  /** Frames a second in which faces are looked for; 0 means every one. */
  readonly facesPerSecond: number;
  readonly withFaces: boolean;
  /** How sure the detector of objects must be, 0–1. */
  readonly objectThreshold: number;
}

/** A video that can be decoded: what was measured, and what is found out once when the first feature asks for it. */
export class DecodedVideo {
  private foundScenes?: Promise<Scene[]>;
  private takenStills?: Promise<Still[]>;

  private constructor(
    readonly source: VideoSource,
    readonly header: Header,
    readonly timeline: Timeline,
    readonly settings: VideoSettings,
    private readonly progress: ProgressListener,
  ) {}

  /**
   * @throws ProgramFailure when the file cannot be read
   * @throws WorkFailure when it holds no frame, or too large ones
   */
  static async open(source: VideoSource, settings: VideoSettings, progress: ProgressListener): Promise<DecodedVideo> {
    progress(0, 'Reading the film');
    const header = await readHeader(source);
    const [timeline, decodable] = await Promise.all([
      measureTimeline(source, header),
      hasDecodableFrame(source, header.videoStream),
    ]);
    if (timeline.videoStatistics.packets === 0 || !decodable) throw videoWithoutFrames();
    progress(OPENED_PERCENT, 'Read the film');
    return new DecodedVideo(source, header, timeline, settings, progress);
  }

  /** Decodes the whole video once. */
  scenes(): Promise<Scene[]> {
    return (this.foundScenes ??= this.findScenes());
  }

  /** One frame from the middle of each scene; of many scenes, a choice spread over the video. */
  stills(): Promise<Still[]> {
    return (this.takenStills ??= this.takeStills());
  }

  /** Says that faces were looked for up to a time of the video, in seconds. */
  reportFacesFollowed(time: number): void {
    const { duration } = this.timeline;
    this.reportProgress(this.spans.faces, duration > 0 ? time / duration : 1, 'Following faces');
  }

  private async findScenes(): Promise<Scene[]> {
    const { duration } = this.timeline;
    const onProgress = (seconds: number) => {
      this.reportProgress(this.spans.scenes, duration > 0 ? seconds / duration : 0, 'Finding scenes');
    };
    const cuts = await findCuts(this.source, this.header.videoStream, this.settings.sceneThreshold, onProgress);
    return scenesBetween(cuts, duration);
  }

  private async takeStills(): Promise<Still[]> {
    const scenes = spread(await this.scenes(), MAX_STILLS);
    const stills: Still[] = [];
    for (const [index, scene] of scenes.entries()) {
      this.reportProgress(this.spans.stills, index / scenes.length, 'Taking key frames');
      const still = await this.stillOf(scene);
      if (still) stills.push(still);
    }
    if (stills.length === 0) throw videoWithoutFrames();
    return stills;
  }

  /** Where the middle is damaged, the start of the scene may not be. */
  private async stillOf({ start, end }: Scene): Promise<Still | null> {
    const { videoStream } = this.header;
    const middle = this.timeline.frameTimestamps.centralFrame(start, end) ?? start;
    return (await takeStill(this.source, videoStream, middle)) ?? (await takeStill(this.source, videoStream, start));
  }

  private get spans() {
    return this.settings.withFaces ? STEP_PERCENTS.withFaces : STEP_PERCENTS.without;
  }

  private reportProgress({ from, to }: Span, share: number, message: string): void {
    this.progress(from + (to - from) * Math.min(1, share), message);
  }
}
