import { WorkFailure } from '../platform/work-failure.js';

export const modelUnavailable = (model: string) =>
  new WorkFailure('model_unavailable', `The model ${model} is not installed; npm run setup fetches it.`);
