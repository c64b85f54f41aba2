import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingNames } from '../../src/platform/config/load-environment.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';

const page = (name: string) => readFileSync(join(__dirname, `../../docs/${name}.md`), 'utf8');

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

/** Rows of the tables of a text whose first cell is a code and whose second is a status. */
const errorsIn = (text: string): string[][] =>
  [...text.matchAll(/^\| `([a-z_]+)`\s*\| (\d{3})\s*\| (.*?)\s*\|$/gm)].map((row) => row.slice(1));

it('lists exactly the errors of the catalogue', async () => {
  const { body } = await call(facet.url, '/api/docs-json');
  const catalogue = errorsIn(body.info.description);
  expect(catalogue.length).toBeGreaterThan(15);
  expect(errorsIn(page('errors'))).toEqual(catalogue);
});

it('lists every code that a failed analysis may have', () => {
  const folder = join(__dirname, '../../src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const code = sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const codes = [...code.matchAll(/new WorkFailure\(\s*'([a-z_]+)'/g)].map(([, name]) => name ?? '');
  expect(codes.length).toBeGreaterThan(12);
  for (const name of codes) expect(page('errors')).toContain(`\`${name}\``);
});

it('lists exactly the features of each analyzer', async () => {
  const { body } = await call(facet.url, '/api/v1/analyzers');
  const lines = page('features').split('\n');
  for (const { file_type, features } of body.items) {
    const row = lines.find((line) => line.startsWith(`| ${file_type} `)) ?? '';
    const named = [...row.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);
    expect(named).toEqual(features.map(({ name }: { name: string }) => name));
  }
});

it('lists exactly the settings that are read, each of them in .env.example too', () => {
  const listed = [...page('configuration').matchAll(/^\| `([A-Z_]+)` /gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(settingNames().sort());
  const example = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
  expect(settingNames().filter((name) => name !== 'PATH' && !example.includes(`${name}=`))).toEqual([]);
});

it('keeps the README short', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  for (const [, path = ''] of readme.matchAll(/\]\((docs\/[a-z-]+\.md)\)/g)) {
    expect(existsSync(join(__dirname, '../..', path))).toBe(true);
  }
});
