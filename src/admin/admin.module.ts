import { type DynamicModule, Module } from '@nestjs/common';
import { AssetsController } from './pages/assets.controller.js';
import { QueueBoardController } from './queues/queue-board.controller.js';
import { QueueBoardService } from './queues/queue-board.service.js';
import { SessionController } from './session/session.controller.js';

/** Modules that the pages tell of, and the one that knows who may see them. */
interface Shown {
  readonly accounts: DynamicModule;
  readonly analysis: DynamicModule;
  readonly batches: DynamicModule;
  readonly mail: DynamicModule;
}

/** Pages for administrators. */
@Module({})
export class AdminModule {
  static with({ accounts, analysis, batches, mail }: Shown): DynamicModule {
    return {
      module: AdminModule,
      imports: [accounts, analysis, batches, mail],
      controllers: [AssetsController, QueueBoardController, SessionController],
      providers: [QueueBoardService],
    };
  }
}
