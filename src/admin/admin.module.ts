import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { AssetsController } from './pages/assets.controller.js';
import { QueueBoardController } from './queues/queue-board.controller.js';
import { QueueBoardService } from './queues/queue-board.service.js';
import { SessionController } from './session/session.controller.js';

/** Pages for administrators. */
@Module({
  imports: [AuthModule],
  controllers: [AssetsController, QueueBoardController, SessionController],
  providers: [QueueBoardService],
})
export class AdminModule {}
