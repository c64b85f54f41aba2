import type { AnalysisTask, OptionDescription } from '../analyzer.js';
import { objectThreshold } from '../object-threshold.js';
import type { VideoSettings } from './decoded-video.js';

const sceneThreshold = {
  name: 'scene_threshold',
  description: 'How much a picture must differ from the one before it to start a scene',
  type: 'number',
  default: 0.3,
  minimum: 0.05,
  maximum: 0.95,
} as const;

const facesPerSecond = {
  name: 'faces_per_second',
  description: 'Pictures a second in which faces are looked for at most; 0 looks at every picture',
  type: 'number',
  default: 10,
  minimum: 0,
  maximum: 240,
} as const;

/** What callers may set for videos. */
export const videoOptions: readonly OptionDescription[] = [sceneThreshold, facesPerSecond, objectThreshold];

export function videoSettings({ options, features }: AnalysisTask): VideoSettings {
  const valueOf = (option: OptionDescription) => Number(options[option.name] ?? option.default);
  return {
    sceneThreshold: valueOf(sceneThreshold),
    facesPerSecond: valueOf(facesPerSecond),
    withFaces: features.includes('faces'),
    objectThreshold: valueOf(objectThreshold),
  };
}
