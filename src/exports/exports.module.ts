import { Module } from '@nestjs/common';
import { ExportsService } from './exports.service.js';

/** Rows of PostgreSQL as CSV, JSON, NDJSON and XLSX. */
@Module({ providers: [ExportsService], exports: [ExportsService] })
export class ExportsModule {}
