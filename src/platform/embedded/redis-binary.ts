import { access, constants } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { redisMissing, redisUnusable } from './embedded.errors.js';
import { canRun, type ServiceAccount } from './service-account.js';

const NAMES = ['redis-server', 'valkey-server'];

/** The first Redis or Valkey on the search path that the account can run. */
export async function findRedis(searchPath: string, account: ServiceAccount | undefined): Promise<string> {
  const found = await executables(searchPath);
  for (const program of found) {
    if (await canRun(program, account)) return program;
  }
  const [first] = found;
  throw first === undefined ? redisMissing() : redisUnusable(first, account?.name ?? 'of this user');
}

async function executables(searchPath: string): Promise<string[]> {
  // A relative folder on the path would mean whatever folder Facet was started in.
  const folders = searchPath.split(':').filter(isAbsolute);
  const programs = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const present = await Promise.all(
    programs.map((program) =>
      access(program, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return programs.filter((_, index) => present[index]);
}
