import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { missingModels } from './installed-model.js';
import { models } from './manifest.js';

/** Milliseconds for which a listing of the files is reused: it reads a dozen of them. */
const LISTING_TTL_MS = 1_000;

/** Reports which models are missing. It lists the files anew after a while, so that a set-up shows without a restart. */
@Injectable()
export class ModelsService {
  private readonly logger = new Logger(ModelsService.name);
  private listedAt = -Infinity;
  private listing: Promise<string[]> | undefined;

  constructor(private readonly environment: Environment) {}

  /** Names of the models that are not installed. */
  missing(): Promise<string[]> {
    const now = performance.now();
    if (this.listing && now - this.listedAt < LISTING_TTL_MS) return this.listing;
    this.listedAt = now;
    return (this.listing = this.listMissing());
  }

  private async listMissing(): Promise<string[]> {
    try {
      return await missingModels(this.environment.modelsDirectory);
    } catch (error) {
      this.logger.warn(`No model can be used: ${String(error)}`);
      return models.map(({ name }) => name);
    }
  }
}
