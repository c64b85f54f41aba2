import { Module } from '@nestjs/common';
import { InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../config/environment.js';
import { HealthParts } from '../lifecycle/health-parts.js';
import { databaseOptions } from './data-source.js';

@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Environment],
      useFactory: (environment: Environment) => ({
        ...databaseOptions(environment),
        autoLoadEntities: true,
        retryAttempts: 10,
        retryDelay: 1_000,
      }),
    }),
  ],
})
export class DatabaseModule {
  constructor(@InjectDataSource() source: DataSource, health: HealthParts) {
    const check = async () => {
      await source.query('SELECT 1');
      return undefined;
    };
    health.add({ name: 'postgres', neededByRequests: true, check });
  }
}
