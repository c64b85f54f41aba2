import { Module } from '@nestjs/common';
import { HealthParts } from '../platform/lifecycle/health-parts.js';
import { ModelsService } from './models/models.service.js';

/** What is known about the models that see faces and objects. */
@Module({ providers: [ModelsService], exports: [ModelsService] })
export class VisionModule {
  /** A missing model takes nothing down but the features that need it. */
  constructor(models: ModelsService, health: HealthParts) {
    health.add({
      name: 'models',
      neededByRequests: false,
      check: async () => ({ missing: await models.missing() }),
    });
  }
}
