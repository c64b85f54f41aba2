const { execFile } = require('node:child_process');
const { mkdtemp } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { promisify } = require('node:util');
const { Client } = require('pg');

const DIST = join(__dirname, '../../dist');

/** Starts one real PostgreSQL and one real Redis for the run, and makes the template of the tests' databases. */
module.exports = async function setup() {
  const { startEmbeddedStack } = await import(join(DIST, 'platform/embedded/embedded-stack.js'));
  const directory = await mkdtemp(join(tmpdir(), 'facet-test-'));
  const log = () => undefined;
  const embedded = await startEmbeddedStack({ dataDirectory: directory, searchPath: process.env.PATH, log });
  globalThis.facetTestStack = { embedded, directory };
  process.env.TEST_DATABASE_URL = embedded.databaseUrl;
  process.env.TEST_REDIS_URL = embedded.redisUrl;
  const admin = new Client({ connectionString: embedded.databaseUrl });
  await admin.connect();
  await admin.query('CREATE DATABASE facet_template');
  await admin.end();
  const template = new URL(embedded.databaseUrl);
  template.pathname = '/facet_template';
  const env = { ...process.env, DATABASE_URL: template.href };
  await promisify(execFile)(process.execPath, [join(DIST, 'migrate.js')], { env });
};
