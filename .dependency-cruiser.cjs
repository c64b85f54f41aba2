/** Who may import whom, besides itself. Every rule below is made from this table. */
const mayImport = {
  platform: [],
  sandbox: ['platform'],
  media: ['platform'],
  vision: ['platform', 'media'],
  audit: ['platform'],
  files: ['platform'],
  exports: ['platform'],
  health: ['platform'],
  jobs: ['platform', 'files', 'sandbox'],
  mail: ['platform', 'jobs', 'files'],
  auth: ['platform', 'jobs', 'mail', 'audit'],
  analysis: ['platform', 'jobs', 'files', 'sandbox', 'media', 'vision', 'audit'],
  results: ['platform', 'jobs', 'files', 'exports', 'media', 'analysis'],
  batches: ['platform', 'jobs', 'files', 'exports', 'media', 'analysis'],
  admin: ['platform', 'jobs', 'mail', 'auth', 'analysis', 'batches'],
  cli: ['platform', 'files', 'auth', 'media', 'vision', 'analysis'],
};

/** Libraries: all of their files may be imported by those who may import them. */
const libraries = ['platform', 'sandbox', 'media', 'vision', 'files', 'audit'];

/** What a module shows to others: its wiring, its verbs, its facts, its rows and the words they are made of. */
const published =
  '(\\.(module|service|events|entity|errors|dto|kind|files|limits)|/(analyzer|requested-work|job-errors|queue-state))\\.ts$';

/** The features of one analyzer see the analyzer contract and the libraries, never another analyzer. */
const islands = ['image', 'video', 'document'];

const modules = Object.keys(mayImport);
const top = '^src/(main|migrate|facet|app\\.module)';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.spec\\.ts$', `${top}`, '(child|\\.task)\\.ts$', '\\.browser\\.ts$', '\\.d\\.ts$'],
      },
      to: {},
    },
    {
      name: 'no-unlisted-module',
      comment: 'A folder under src takes its place in the table.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${modules.join('|')})/` },
    },
    {
      name: 'one-door-to-the-network',
      comment:
        'Other machines are asked through platform/outbound; the folders named here serve, or talk to our own children.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/platform/(outbound|embedded|http|config)/', '^src/(media/ffmpeg|sandbox)/', '\\.spec\\.ts$'],
      },
      to: {
        path: '(^|/)(undici|https?|http2|net|tls|dgram|dns|dns/promises)$',
        dependencyTypesNot: ['type-only'],
        pathNot: '^src/',
      },
    },
    ...modules.map((name) => ({
      name: `${name}-imports`,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: { path: '^src/', pathNot: `^src/(${[name, ...mayImport[name]].join('|')})/` },
    })),
    ...modules
      .filter((name) => !libraries.includes(name))
      .map((name) => ({
        name: `${name}-published`,
        comment: 'Across modules only the published files may be imported.',
        severity: 'error',
        from: { path: '^src/', pathNot: [`^src/${name}/`, '\\.spec\\.ts$', top] },
        to: { path: `^src/${name}/`, pathNot: published },
      })),
    ...islands.map((name) => ({
      name: `analysis-${name}-island`,
      severity: 'error',
      from: { path: `^src/analysis/${name}/` },
      to: {
        path: '^src/',
        pathNot: [
          `^src/analysis/${name}/`,
          '^src/analysis/(analyzer|analysis\\.failures|object-threshold)\\.ts$',
          '^src/(platform|media|vision)/',
        ],
      },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};
