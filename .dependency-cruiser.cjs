/**
 * The rooms of the house and the arrows between them (an arrow = may import). Whatever no line here allows is an error,
 * so that a new folder, a new package or a short cut needs a decision. test/node/arrows.test.ts proves that it bites.
 */

/**
 * Each room's rooms. `types:x` allows `import type` alone. A room may always import itself.
 *
 * @type {Record<string, string[]>}
 */
const ROOMS = {
  'src/core': [],
  'src/primitives': ['src/core', 'types:src/kernels'],
  'src/ops': ['src/core', 'src/primitives', 'src/kernels'],
  'src/kernels': ['src/core'],
  'src/graph': ['src/core', 'src/ops', 'src/kernels'],
  'src/plan': ['src/core', 'src/primitives', 'src/ops', 'src/kernels', 'src/graph'],
  // Of the plan its types, and the functions that say what lies where in its images.
  'src/backends': ['src/core', 'src/primitives', 'src/ops', 'types:src/graph', 'src/plan'],
  'src/frames': ['src/core'],
  'src/schedule': ['src/core'],
  'src/rx': ['src/core', 'src/frames', 'src/schedule'],
  'src/engine': ['src/core', 'src/graph', 'src/plan', 'src/backends', 'src/frames', 'src/schedule', 'src/rx'],
  'src/clips': ['src/core', 'src/frames', 'types:src/graph', 'types:src/engine'],
  'src/session': [
    'src/core',
    'src/graph',
    'src/frames',
    'src/schedule',
    'src/rx',
    'types:src/engine',
    'types:src/clips',
  ],
  'src/element': ['src/core', 'src/graph', 'src/session'],
  'src/adapters': ['src/core', 'src/session'],
  'src/cli': ['src/core', 'types:src/clips', 'src/graph', 'pipelines'],
  pipelines: ['src/core', 'src/kernels', 'src/graph', 'src/ops'],
};

/** The packages that a room may import. */
const PACKAGES = {
  'src/rx': ['rxjs'],
  'src/engine': ['rxjs'],
  'src/session': ['rxjs'],
  'src/clips': ['mediabunny'],
  'src/cli': ['commander', 'playwright-core', 'tinyglobby'],
  workers: ['comlink', 'rxjs'],
  demo: ['rxjs', '@mediapipe/camera_utils'],
};

/** What a worker is made of; its client and its contract live beside it. */
const WORKER_ROOMS = [
  'src/core',
  'src/frames',
  'src/schedule',
  'src/rx',
  'src/engine',
  'src/clips',
  'types:src/graph',
];

/** @param {string} room */
const inside = (room) => `^${room}/`;
/** @param {{ path: string }} from @param {string} to */
const arrow = (from, to) =>
  to.startsWith('types:')
    ? { from, to: { path: inside(to.slice('types:'.length)), dependencyTypes: ['type-only'] } }
    : { from, to: { path: inside(to) } };
/** @param {string} room @param {readonly string[]} names */
const packages = (room, names) => ({
  path: `^node_modules/(@types/)?(${names.join('|')})/`,
  // What the package itself needs must be there for its users; a page of ours is built here, and what reads and writes
  // clips is copied into the workers that the package has.
  dependencyTypes: ['demo', 'src/clips'].includes(room) ? ['npm', 'npm-dev'] : ['npm'],
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'nobody-imports-test', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    { name: 'nobody-imports-demo', severity: 'error', from: { pathNot: '^demo/' }, to: { path: '^demo/' } },
  ],
  allowedSeverity: 'error',
  allowed: [
    ...Object.entries(ROOMS).flatMap(([room, others]) =>
      [room, ...others].map((to) => arrow({ path: inside(room) }, to)),
    ),
    ...Object.entries(PACKAGES).map(([room, names]) => ({
      from: { path: inside(room) },
      to: packages(room, names),
    })),

    // The entries of the package reach whatever is public; a folder that is no room isn't.
    {
      from: { path: '^src/(index|clips|define|element)\\.ts$' },
      to: {
        path: Object.keys(ROOMS)
          .filter((room) => room.startsWith('src/'))
          .map(inside),
      },
    },
    { from: { path: '^src/define\\.ts$' }, to: { path: ['^src/(index|element)\\.ts$', '^pipelines/'] } },

    { from: { path: '^src/session/' }, to: { path: '^workers/[^/]+/[^/]+\\.client\\.ts$' } },
    // The names of what an attribute can choose.
    { from: { path: '^src/element/' }, to: { path: '^src/(frames/failure-policy|schedule/budget)\\.ts$' } },
    // Of the clients of video services their types alone: what runs there is the application's own.
    {
      from: { path: '^src/adapters/' },
      to: { path: '^node_modules/livekit-client/', dependencyTypes: ['type-only'] },
    },
    // What clips are and fail with, without what reads and writes them, which is in the workers alone.
    { from: { path: '^src/session/' }, to: { path: '^src/clips/clip-(types|faults)\\.ts$' } },
    ...WORKER_ROOMS.map((to) => arrow({ path: '^workers/' }, to)),
    { from: { path: '^workers/([^/]+)/' }, to: { path: '^workers/$1/' } },
    // What all workers share: how calls and errors cross.
    { from: { path: '^workers/' }, to: { path: '^workers/(throw-handler|worker-client)\\.ts$' } },

    // A page is what a user of the package could write: its own folder, what the pages share, and the public entries.
    {
      from: { path: '^demo/([^/]+)/' },
      to: {
        path: ['^demo/($1|shared)/', '^src/(index|clips|define|element)\\.ts$', '^pipelines/index\\.ts$'],
      },
    },

    { from: { path: '^demo/' }, to: { path: '^node_modules/vite/client\\.d\\.ts$' } },

    // The command line: Node's own modules, how the tests find and start Chromium, and the names of what clips can be.
    { from: { path: '^src/cli/' }, to: { dependencyTypes: ['core'] } },
    {
      from: { path: '^src/cli/' },
      to: {
        path: ['^scripts/(find-chromium|chromium-args)\\.mjs$', '^src/(index|clips|clips/clip-types)\\.ts$'],
      },
    },

    { from: { path: '^scripts/' }, to: { path: '^scripts/' } },
    // Rules of the linter, which know types.
    { from: { path: '^eslint-[^/]+\\.js$' }, to: { path: '^node_modules/(typescript|@typescript-eslint)/' } },
    { from: { path: '^test/' }, to: { path: '^(test|scripts|src|pipelines|workers)/|^[^/]+$' } },
    { from: { path: '^(test|scripts)/' }, to: { dependencyTypes: ['npm', 'npm-dev', 'core'] } },
    // A configuration that a test serves its own pages with.
    { from: { path: '^vite\\.config\\.ts$' }, to: { dependencyTypes: ['npm-dev', 'core'] } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.mts', '.mjs', '.js', '.d.ts'],
    },
  },
};
