import { type DynamicModule, Module } from '@nestjs/common';
import { ExportsModule } from '../exports/exports.module.js';
import { FilesModule } from '../files/files.module.js';
import { ProgressReaderService } from './progress-reader.service.js';
import { ProgressStreamService } from './progress-stream.service.js';
import { ProgressController } from './progress.controller.js';
import { ResultsController } from './results.controller.js';
import { ResultsService } from './results.service.js';
import { StatisticsController } from './statistics.controller.js';
import { StatisticsService } from './statistics.service.js';

/** The read side: lists, one analysis, its progress, its files, statistics. */
@Module({})
export class ResultsModule {
  /** @param analysis the module whose rows are read. */
  static with(analysis: DynamicModule): DynamicModule {
    return {
      module: ResultsModule,
      imports: [analysis, FilesModule, ExportsModule],
      controllers: [ResultsController, ProgressController, StatisticsController],
      providers: [ResultsService, ProgressReaderService, ProgressStreamService, StatisticsService],
    };
  }
}
