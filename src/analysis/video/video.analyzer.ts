import { videoUnreadable } from '../analysis.failures.js';
import { type AnalysisContext, type AnalysisTask, type Analyzer, runFeatures } from '../analyzer.js';
import { ProgramFailure } from '../../media/ffmpeg/program.failure.js';
import { containers } from './containers.js';
import { Film } from './film.js';
import { filmSettings, videoOptions } from './video.options.js';
import { videoFeatures } from './video.features.js';
import { videoSource } from './video-source.js';

/** Films, read by ffmpeg and ffprobe in processes of their own. */
export const videoAnalyzer: Analyzer = {
  fileType: 'video',
  mediaTypes: [...containers.keys()],
  features: videoFeatures,
  options: videoOptions,
  analyze: async (task, context) => {
    const film = await open(task, context);
    return runFeatures(videoFeatures, task.features, film, unheard(context));
  },
};

async function open(task: AnalysisTask, context: AnalysisContext): Promise<Film> {
  try {
    return await Film.open(videoSource(task, context), filmSettings(task), (percent, message) => {
      context.progress(percent, message);
    });
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    context.report(error);
    throw videoUnreadable();
  }
}

/** Progress comes from the film, which knows how long each of its steps takes, not from the number of features. */
const unheard = (context: AnalysisContext): AnalysisContext => ({ ...context, progress: () => undefined });
