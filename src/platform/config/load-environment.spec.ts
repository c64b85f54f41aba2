import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Environment } from './environment.js';
import { EnvironmentError, loadEnvironment, settingNames } from './load-environment.js';

const faultsOf = (variables: NodeJS.ProcessEnv): readonly string[] => {
  try {
    loadEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
  return [];
};

it('has the documented defaults', () => {
  expect(loadEnvironment({})).toMatchObject({
    NODE_ENV: 'development',
    ROLE: 'all',
    HOST: '127.0.0.1',
    PORT: 3000,
    MAX_WORKERS: 4,
    ANALYSIS_NICENESS: 5,
    QUEUE_SIZE: 100,
    JOB_CLEANUP_INTERVAL: 3600,
    IMAGE_TIMEOUT: 60,
    DOCUMENT_TIMEOUT: 120,
    VIDEO_TIMEOUT: 300,
    MAX_CONTENT_LENGTH: 209_715_200,
    DATABASE_POOL_SIZE: 20,
    LOG_LEVEL: 'info',
  });
});

it('takes an empty variable for an absent one', () => {
  expect(loadEnvironment({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000 });
});

it('reads numbers and booleans strictly', () => {
  expect(loadEnvironment({ PORT: '8080', MIGRATE: 'true', EMBEDDED: 'false' })).toMatchObject({
    PORT: 8080,
    MIGRATE: true,
    EMBEDDED: false,
  });
  expect(faultsOf({ PORT: '80a', MIGRATE: 'yes', MAX_WORKERS: '1.5' })).toHaveLength(3);
});

it('names every fault at once, with what was wrong and what would be right', () => {
  const faults = faultsOf({ PORT: '99999', ROLE: 'both', MAX_WORKERS: '0', REDIS_URL: 'http://x' });
  expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual(['MAX_WORKERS', 'PORT', 'REDIS_URL', 'ROLE']);
  expect(faults.find((fault) => fault.startsWith('PORT'))).toMatch(/99999.*65535.*3000/);
  expect(faults.find((fault) => fault.startsWith('ROLE'))).toMatch(/"both".*all, api, worker/);
});

it('knows a list of places and servers from other text', () => {
  const given = { OUTBOUND_ALLOW: '10.0.0.0/8,ai:8000', OUTBOUND_DNS_SERVERS: '127.0.0.1:5353,::1,[::1]:53' };
  expect(loadEnvironment({ ...given, OUTBOUND_RETRY_DELAY: '0.5' })).toMatchObject({ OUTBOUND_RETRY_DELAY: 0.5 });
  const faults = faultsOf({
    OUTBOUND_ALLOW: 'ai',
    OUTBOUND_DNS_SERVERS: 'dns.example',
    OUTBOUND_RETRY_STRATEGY: 'wild',
  });
  expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
    'OUTBOUND_ALLOW',
    'OUTBOUND_DNS_SERVERS',
    'OUTBOUND_RETRY_STRATEGY',
  ]);
});

it.each(['true', 'false', '1', '12', '192.0.2.1', '10.0.0.0/8, fd00::/8', 'loopback,uniquelocal, ::1', 'linklocal'])(
  'knows proxies when it sees them: %s',
  (TRUST_PROXY) => {
    expect(loadEnvironment({ TRUST_PROXY })).toMatchObject({ TRUST_PROXY });
  },
);

it.each(['yes', '0', '-1', '1.5', '1,2', '10.0.0.0/33', '10.0.0.0/0', '::/129', '10.0.0.0/8/8', 'proxy', 'loopback,,'])(
  'takes nothing else for a proxy: %s',
  (TRUST_PROXY) => {
    expect(faultsOf({ TRUST_PROXY })).toEqual([expect.stringMatching(/^TRUST_PROXY: .* number of hops from 1/)]);
  },
);

it.each(['nobody', '"a b"@example.org', 'a@example.org,b@example.org', `${'a'.repeat(64)}@${'b'.repeat(40)}.org`])(
  'takes no administrator to whom no mail can be sent: %s',
  (ADMIN_EMAIL) => {
    const faults = faultsOf({ ADMIN_EMAIL, ADMIN_PASSWORD: 'as the settings have it' });
    expect(faults).toEqual([expect.stringMatching(/^ADMIN_EMAIL: /)]);
  },
);

it('takes underscores in the names of servers', () => {
  const urls = { DATABASE_URL: 'postgres://facet:x@my_postgres:5432/facet', REDIS_URL: 'redis://my_redis:6379' };
  expect(loadEnvironment(urls)).toMatchObject(urls);
});

it('never repeats a secret', () => {
  const text = faultsOf({ DATABASE_URL: 'mysql://user:hunter2@host/db', SECRET_KEY: 'short-secret' }).join();
  expect(text).not.toMatch(/hunter2|short-secret/);
  expect(text).toMatch(/DATABASE_URL.*SECRET_KEY/s);
});

it('demands secrets and external databases in production', () => {
  const named = faultsOf({ NODE_ENV: 'production' }).map((fault) => fault.split(':')[0]);
  expect(named).toEqual(['SECRET_KEY', 'DATABASE_URL', 'REDIS_URL']);
  expect(faultsOf({ NODE_ENV: 'production', EMBEDDED: 'true', SECRET_KEY: 'x'.repeat(32) })).toEqual([]);
});

it('cannot be changed afterwards', () => {
  const environment = loadEnvironment({});
  expect(() => Object.assign(environment, { PORT: 1 })).toThrow(TypeError);
});

describe('.env.example', () => {
  const example = readFileSync(join(__dirname, '../../../.env.example'), 'utf8');
  const given = Object.fromEntries(
    [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

  it('names exactly the settings there are', () => {
    // PATH belongs to the operating system; nobody sets it for Facet.
    expect(Object.keys(given).sort()).toEqual(
      settingNames()
        .filter((name) => name !== 'PATH')
        .sort(),
    );
  });

  it('shows the defaults', () => {
    const standard = new Environment();
    for (const [name, value] of Object.entries(given)) {
      expect([name, value]).toEqual([name, String(Reflect.get(standard, name) ?? '')]);
    }
  });
});

describe('docker/compose.yaml', () => {
  const read = (name: string) => readFileSync(join(__dirname, '../../../docker', name), 'utf8');
  const compose = read('compose.yaml');

  it('takes settings from docker/.env', () => {
    expect(compose).toMatch(/^ {2}env_file:\n {4}- path: \.env\n {6}required: false$/m);
  });

  it('lets nobody set there what the image is made for', () => {
    const [, settings = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(read('Dockerfile')) ?? [];
    const made = settings.split(/ *\\\n */).map((setting) => setting.replace('=', ': '));
    expect(made.length).toBeGreaterThan(3);
    for (const setting of made) expect(compose).toContain(`\n    ${setting}\n`);
  });
});
