import { Global, Inject, Injectable, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Environment } from '../config/environment.js';
import { HealthParts } from '../lifecycle/health-parts.js';

/** Commands: fails at once while Redis is away, since every caller can do without it. */
export const REDIS = Symbol('REDIS');

/** Subscriptions: comes back by itself and subscribes again. */
export const REDIS_SUBSCRIBER = Symbol('REDIS_SUBSCRIBER');

const connect = (role: string, environment: Environment): Redis => {
  const redis = new Redis(environment.REDIS_URL ?? '', {
    connectionName: `facet-${role}`,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: role === 'subscriber',
    connectTimeout: 2_000,
    commandTimeout: role === 'subscriber' ? undefined : 2_000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 1_000),
  });
  const logger = new Logger(`Redis ${role}`);
  let away = false;
  redis.on('error', (error) => {
    if (!away) logger.warn(`Redis is not reachable; reconnecting: ${error.message}`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.log('Redis is connected again');
    away = false;
  });
  return redis;
};

@Injectable()
class RedisConnections implements OnApplicationShutdown {
  constructor(
    @Inject(REDIS) private readonly commands: Redis,
    @Inject(REDIS_SUBSCRIBER) private readonly subscriber: Redis,
    health: HealthParts,
  ) {
    const check = async () => {
      await commands.ping();
      return undefined;
    };
    health.add({ name: 'redis', neededByRequests: true, check });
  }

  onApplicationShutdown(): void {
    this.commands.disconnect();
    this.subscriber.disconnect();
  }
}

@Global()
@Module({
  providers: [
    { provide: REDIS, inject: [Environment], useFactory: (e: Environment) => connect('commands', e) },
    { provide: REDIS_SUBSCRIBER, inject: [Environment], useFactory: (e: Environment) => connect('subscriber', e) },
    RedisConnections,
  ],
  exports: [REDIS, REDIS_SUBSCRIBER],
})
export class RedisModule {}
