import { videoUnreadable } from '../analysis.failures.js';
import { type AnalysisContext, type AnalysisTask, type Analyzer, runFeatures } from '../analyzer.js';
import { ProgramFailure } from '../ffmpeg/program.failure.js';
import { objectThreshold } from '../vision/objects/object-detector.js';
import { containers } from './containers.js';
import { Film } from './film.js';
import { videoFeatures } from './video.features.js';
import { videoSource } from './video-source.js';

const sceneThreshold = {
  name: 'scene_threshold',
  description: 'How much a picture must differ from the one before it to start a scene',
  type: 'number',
  default: 0.3,
  minimum: 0.05,
  maximum: 0.95,
} as const;

/** Films, read by ffmpeg and ffprobe in processes of their own. */
export const videoAnalyzer: Analyzer = {
  fileType: 'video',
  mediaTypes: [...containers.keys()],
  features: videoFeatures,
  options: [sceneThreshold, objectThreshold],
  analyze: async (task, context) => {
    const film = await open(task, context);
    return runFeatures(videoFeatures, task.features, film, unheard(context));
  },
};

async function open(task: AnalysisTask, context: AnalysisContext): Promise<Film> {
  const threshold = Number(task.options[sceneThreshold.name] ?? sceneThreshold.default);
  try {
    return await Film.open(videoSource(task, context), threshold, task.options, (percent, message) => {
      context.progress(percent, message);
    });
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    context.report(error);
    throw videoUnreadable();
  }
}

/** Progress comes from the film, which knows how long each of its steps takes, not from the number of features. */
const unheard = (context: AnalysisContext): AnalysisContext => ({
  workDirectory: context.workDirectory,
  ffmpeg: context.ffmpeg,
  models: context.models,
  progress: () => undefined,
  artifact: (name, mediaType) => context.artifact(name, mediaType),
  report: (error) => {
    context.report(error);
  },
});
