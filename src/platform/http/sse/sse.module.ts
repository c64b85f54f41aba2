import { Global, Module } from '@nestjs/common';
import { StateStreamsService } from './state-streams.service.js';

/** One for the whole process, so that all streams of one subject share its reader. */
@Global()
@Module({ providers: [StateStreamsService], exports: [StateStreamsService] })
export class SseModule {}
