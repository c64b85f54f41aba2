/** Who may import whom, besides itself. Every rule below is made from this table. */
const mayImport = {
  platform: [],
  storage: ['platform'],
  exports: ['platform'],
  health: ['platform', 'storage', 'analysis'],
  mail: ['platform'],
  auth: ['platform', 'mail'],
  analysis: ['platform', 'storage'],
  results: ['platform', 'storage', 'exports', 'analysis'],
  batches: ['platform', 'storage', 'exports', 'analysis'],
  admin: ['platform', 'mail', 'auth', 'analysis', 'batches'],
  cli: ['platform', 'storage', 'auth', 'analysis'],
};

/** What a module shows to others: its wiring, its verbs, its facts, its rows and the words they are made of. */
const published = '(\\.(module|service|events|entity|errors|dto)|/(analyzer|requested-work))\\.ts$';

/** The features of one analyzer see the analyzer contract and the platform, never another analyzer. */
const islands = ['image', 'video', 'document'];

const modules = Object.keys(mayImport);
const top = '^src/(main|migrate|facet|app\\.module)';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.spec\\.ts$', `${top}`, 'child\\.ts$', '\\.browser\\.ts$', '\\.d\\.ts$'] },
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
        pathNot: ['^src/platform/(outbound|embedded|http|config)/', '^src/analysis/(ffmpeg|runtime)/', '\\.spec\\.ts$'],
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
      .filter((name) => name !== 'platform')
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
          '^src/analysis/(vision/|ocr/|ffmpeg/|analyzer\\.ts|analysis\\.failures\\.ts)',
          '^src/platform/',
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
