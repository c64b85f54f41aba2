// Bundles dist/serve.js with nearly all that it needs into dist/bundle: Node reads a few files in half the time of two
// thousand. Dynamic imports, threads and child processes load the compiled modules.
import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const bundle = join(dist, 'bundle');

/** Packages that bring native code, and those that others load by name, which must find the same copy. */
const EXTERNAL = [
  '@node-rs/argon2',
  'class-transformer',
  'class-validator',
  'msgpackr-extract',
  'pg',
  'sharp',
  'typeorm',
];

/** Leaves dynamic imports out of the bundle, so that they take no time at the start; some are optional packages of Nest. */
const dynamicImports = {
  name: 'dynamicImports',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[^./]/ }, ({ kind }) => (kind === 'dynamic-import' ? { external: true } : undefined));
  },
};

/** Keeps the locations by which a compiled module finds files and threads. */
const locations = {
  name: 'locations',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (!path.startsWith(dist)) return undefined;
      const text = await readFile(path, 'utf8');
      const url = `new URL(${JSON.stringify(relative(bundle, path))}, import.meta.url)`;
      const folder = `new URL(${JSON.stringify(relative(bundle, dirname(path)))}, import.meta.url)`;
      return {
        contents: text
          .replaceAll('import.meta.url', `${url}.href`)
          .replaceAll('import.meta.dirname', `process.getBuiltinModule('node:url').fileURLToPath(${folder})`),
      };
    });
  },
};

const { outputFiles } = await build({
  entryPoints: [join(dist, 'serve.js')],
  outdir: bundle,
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Nest and the OpenAPI document use the names of classes.
  keepNames: true,
  external: EXTERNAL,
  plugins: [dynamicImports, locations],
  // CommonJS packages require built-in modules.
  banner: {
    js: [
      "import { createRequire as __requireFrom } from 'node:module';",
      "import { fileURLToPath as __pathOf } from 'node:url';",
      'const require = __requireFrom(import.meta.url);',
      'const __filename = __pathOf(import.meta.url);',
      "const __dirname = __pathOf(new URL('.', import.meta.url));",
    ].join('\n'),
  },
  legalComments: 'none',
  logLevel: 'warning',
});

// Only classes need their names. Defining them on every arrow function, which are created anew for each request, took
// longer than running most of them.
const DEFINE_NAME = 'var __name = (target, value) => __defProp(';
const DEFINE_NAME_OF_CLASSES =
  'var __name = (target, value) => target.name === value || !target.prototype ? target : __defProp(';
if (!outputFiles.some(({ text }) => text.includes(DEFINE_NAME)))
  throw new Error('esbuild keeps names in another way now');

await mkdir(bundle, { recursive: true });
await Promise.all(
  outputFiles.map(({ path, text }) => writeFile(path, text.replace(DEFINE_NAME, DEFINE_NAME_OF_CLASSES))),
);
