import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { resolve } from 'node:path';
import { Environment } from './environment.js';

const SECRET = /KEY|PASSWORD|URL/;

/** All that is wrong with the environment, one line a fault. */
export class EnvironmentError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(['The configuration is not valid:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'EnvironmentError';
  }
}

/**
 * Reads and checks the settings. An empty variable counts as absent.
 * @throws EnvironmentError naming every fault at once.
 */
export function loadEnvironment(variables: NodeJS.ProcessEnv = process.env): Readonly<Environment> {
  const defaults = new Environment();
  const known = Object.fromEntries(
    Object.entries(variables).filter(([name, value]) => value !== undefined && value !== '' && isSetting(name)),
  );
  const environment = plainToInstance(Environment, known);
  const faults = [
    ...invalid(environment, defaults),
    ...halfAnAdministrator(environment),
    ...missingInProduction(environment),
  ];
  if (faults.length > 0) throw new EnvironmentError(faults);
  return Object.freeze(Object.assign(environment, { DATA_DIR: resolve(environment.DATA_DIR) }));
}

/** Every variable that is read: those that the class has a rule for. */
export function settingNames(): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Environment, '', true, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

const isSetting = (name: string) => settingNames().includes(name);

function invalid(environment: Environment, defaults: Environment): string[] {
  return validateSync(environment).map(({ property, value, constraints }) => {
    const standard: unknown = Reflect.get(defaults, property);
    const shown = SECRET.test(property) ? 'the value given' : JSON.stringify(value);
    const wanted = Object.values(constraints ?? {})
      .map((message) => message.replace(`${property} `, ''))
      .join(', ');
    const example = standard === undefined ? '' : ` (for example ${JSON.stringify(standard)})`;
    return `${property}: ${shown} is wrong: it ${wanted}${example}`;
  });
}

function halfAnAdministrator({ ADMIN_EMAIL, ADMIN_PASSWORD }: Environment): string[] {
  if (Boolean(ADMIN_EMAIL) === Boolean(ADMIN_PASSWORD)) return [];
  const missing = ADMIN_EMAIL ? 'ADMIN_PASSWORD' : 'ADMIN_EMAIL';
  return [`${missing}: it is missing: ADMIN_EMAIL and ADMIN_PASSWORD are set together or not at all`];
}

function missingInProduction(environment: Environment): string[] {
  if (!environment.production) return [];
  const faults: string[] = [];
  if (!environment.SECRET_KEY) {
    faults.push('SECRET_KEY: it is missing: production needs at least 32 random characters (openssl rand -hex 32)');
  }
  for (const name of ['DATABASE_URL', 'REDIS_URL'] as const) {
    if (environment[name] || environment.EMBEDDED) continue;
    const example = name === 'DATABASE_URL' ? 'postgres://user:password@host:5432/facet' : 'redis://host:6379';
    faults.push(`${name}: it is missing: production needs ${example}, or EMBEDDED=true for the embedded server`);
  }
  return faults;
}
