/** ESM packages that have no CommonJS build: they are transformed with our own code, since tests run as CommonJS. */
const esmOnly = [
  '@nestjs',
  'content-disposition',
  'cookie',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'uuid',
  'htmlparser2',
  'entities',
  'domhandler',
  'domutils',
  'domelementtype',
  'dom-serializer',
  'markdown-it',
  'saxes',
  'stopword',
  'syllable',

  '@hyzyla',
  'zxing-wasm',
  'linkify-it',
  'mdurl',
  'pptxgenjs',
  'uc.micro',
];

const common = {
  testEnvironment: '<rootDir>/test/support/environment.cjs',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  resolver: '<rootDir>/test/support/resolver.cjs',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.(ts|js|mjs)$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  setupFiles: ['<rootDir>/test/support/built-threads.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/support/each-file.ts'],
};

/** How well models and readers do on many or large files; `scripts/test.mjs` runs these where they may have changed. */
const ACCURACY = '**/*.accuracy.spec.ts';

/** Jest does not put its root into globs that exclude. */
const here = (glob) => `${__dirname}/${glob}`;

/** Specs that kill processes and servers. */
const FAULTS = [here('test/faults/**/*.spec.ts'), here('src/**/*.kill.spec.ts')];

/** Specs of what decodes and measures media. */
const MEDIA = [
  here('src/{media,vision,sandbox}/**/*.spec.ts'),
  here('src/analysis/{image,video,document}/**/*.spec.ts'),
  here('test/{setup,support}/**/*.spec.ts'),
];

/** A spec belongs to the first of these that names it. */
const projects = [
  ['accuracy', [ACCURACY]],
  ['faults', FAULTS],
  ['e2e', [here('test/e2e/**/*.spec.ts')]],
  ['media', MEDIA],
  ['unit', ['**/*.spec.ts']],
];

/** @type {import('jest').Config} */
module.exports = {
  projects: projects.map(([displayName, testMatch], index) => ({
    ...common,
    displayName,
    testMatch: [...testMatch, ...projects.slice(0, index).flatMap(([, earlier]) => earlier.map((glob) => `!${glob}`))],
  })),
  globalSetup: '<rootDir>/test/support/global-setup.cjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.cjs',
  testSequencer: '<rootDir>/test/support/sequencer.cjs',
  testTimeout: 60_000,
  // One more than there are cores where CI runs: a third of all is waiting for others to end, come back or give up.
  maxWorkers: 3,
  // What a worker's specs loaded stays with it.
  workerIdleMemoryLimit: '1GB',
};
