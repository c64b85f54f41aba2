import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../../../platform/config/environment.js';
import { missingModels } from './installed-model.js';
import { models } from './manifest.js';

/** What the API says about the models. It looks again each time, so that a set-up shows without a restart. */
@Injectable()
export class ModelsService {
  private readonly logger = new Logger(ModelsService.name);

  constructor(private readonly environment: Environment) {}

  /** Names of the models that are not installed. */
  async missing(): Promise<string[]> {
    try {
      return await missingModels(this.environment.modelsDirectory);
    } catch (error) {
      this.logger.warn(`No model can be used: ${String(error)}`);
      return models.map(({ name }) => name);
    }
  }
}
