import { Redis } from 'ioredis';
import { findRedis } from '../../platform/embedded/redis-binary.js';
import { type Check, TIMEOUT_MS } from './check.js';

export const redis: Check = {
  name: 'Redis',
  look: async ({ REDIS_URL, PATH }) => {
    if (!REDIS_URL) return `embedded, ${await findRedis(PATH, undefined)}; starts with Facet`;
    const version = await versionAt(REDIS_URL);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < 6 || (major === 6 && minor < 2)) throw new Error(`${version} is too old: Facet needs 6.2 or newer.`);
    return `${version} answers`;
  },
};

async function versionAt(url: string): Promise<string> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The first of them says why; what fails after it only says that it failed.
  const faults: Error[] = [];
  client.on('error', (error) => faults.push(error));
  try {
    await client.connect();
    return /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'a server of no known version';
  } catch (error) {
    const { code, message } = (faults[0] ?? error) as { code?: string; message: string };
    throw new Error(`cannot be used (${code ?? message}): start it, or set REDIS_URL to where it is.`, {
      cause: error,
    });
  } finally {
    client.disconnect();
  }
}
