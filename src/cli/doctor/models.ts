import { ModelsService } from '../../vision/models/models.service.js';
import type { Check } from './check.js';

export const models: Check = {
  name: 'models',
  look: async (environment) => {
    const missing = await new ModelsService(environment).missing();
    const folder = environment.modelsDirectory;
    if (missing.length > 0)
      throw new Error(`${missing.join(', ')} not in ${folder}: npm run setup fetches what is missing.`);
    return `all in ${folder}`;
  },
};
