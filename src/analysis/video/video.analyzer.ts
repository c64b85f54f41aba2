import { videoUnreadable } from '../analysis.failures.js';
import { type AnalysisContext, type AnalysisTask, type Analyzer, runFeatures } from '../analyzer.js';
import { ProgramFailure } from '../../media/ffmpeg/program.failure.js';
import { containers } from './containers.js';
import { DecodedVideo } from './decoded-video.js';
import { videoSettings, videoOptions } from './video.options.js';
import { videoFeatures } from './video.features.js';
import { videoSource } from './video-source.js';

/** Videos, read by ffmpeg and ffprobe in processes of their own. */
export const videoAnalyzer: Analyzer = {
  fileType: 'video',
  mediaTypes: [...containers.keys()],
  features: videoFeatures,
  options: videoOptions,
  analyze: async (task, context) => {
    const video = await open(task, context);
    return runFeatures(videoFeatures, task.features, video, withoutProgress(context));
  },
};

async function open(task: AnalysisTask, context: AnalysisContext): Promise<DecodedVideo> {
  try {
    return await DecodedVideo.open(videoSource(task, context), videoSettings(task), (percent, message) => {
      context.progress(percent, message);
    });
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    context.report(error);
    throw videoUnreadable();
  }
}

/** Progress comes from the video, which knows how long each of its steps takes, not from the number of features. */
const withoutProgress = (context: AnalysisContext): AnalysisContext => ({ ...context, progress: () => undefined });
