/**
 * Holds the checker of the arrows to its word: a small house with one import in it, and the verdict on that import.
 * Without it, a slip in a pattern would let everything pass in silence.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult, type IConfiguration } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { options = {}, ...ruleSet } = createRequire(import.meta.url)(
  join(ROOT, '.dependency-cruiser.cjs'),
) as IConfiguration;

const CONTENT = 'export const x = 1;\n';

/** Every file that an import below ends at. */
const HOUSE = [
  ...[
    'core',
    'primitives',
    'ops',
    'kernels',
    'graph',
    'plan',
    'frames',
    'schedule',
    'rx',
    'engine',
    'session',
    'element',
    'adapters',
  ].map((room) => `src/${room}/there.ts`),
  'src/backends/port.ts',
  'src/backends/webgl2/there.ts',
  'src/novelty/there.ts',
  'src/clips/there.ts',
  'src/clips/clip-types.ts',
  'src/index.ts',
  'src/element.ts',
  'pipelines/index.ts',
  'pipelines/there.ts',
  'workers/live/live.client.ts',
  'workers/live/live.contract.ts',
  'workers/live/live.worker.ts',
  'workers/clip/clip.contract.ts',
  'workers/throw-handler.ts',
  'workers/stray.ts',
  'demo/live/there.ts',
  'demo/clip/there.ts',
  'demo/shared/there.ts',
  'scripts/there.ts',
  'test/support/there.ts',
];

type Arrow = Readonly<{ kind: 'import' | 'import type'; from: string; to: string }>;

const value = (from: string, to: string): Arrow => ({ kind: 'import', from, to });
const types = (from: string, to: string): Arrow => ({ kind: 'import type', from, to });

const ALLOWED = [
  value('src/ops/here.ts', 'src/primitives/there.ts'),
  value('src/ops/here.ts', 'src/ops/there.ts'),
  value('src/ops/here.ts', 'src/kernels/there.ts'),
  types('src/primitives/here.ts', 'src/kernels/there.ts'),
  value('src/graph/here.ts', 'src/kernels/there.ts'),
  value('src/plan/here.ts', 'src/graph/there.ts'),
  value('src/backends/webgl2/here.ts', 'src/plan/there.ts'),
  value('src/backends/webgl2/here.ts', 'src/backends/port.ts'),
  value('src/rx/here.ts', 'rxjs'),
  value('src/engine/here.ts', 'src/backends/webgl2/there.ts'),
  types('src/session/here.ts', 'src/engine/there.ts'),
  value('src/session/here.ts', 'workers/live/live.client.ts'),
  value('src/index.ts', 'src/session/there.ts'),
  value('src/define.ts', 'pipelines/index.ts'),
  value('pipelines/here.ts', 'src/kernels/there.ts'),
  value('src/cli/here.ts', 'node:fs'),
  value('src/cli/here.ts', 'commander'),
  value('src/cli/here.ts', 'pipelines/index.ts'),
  value('src/cli/here.ts', 'src/clips/clip-types.ts'),
  types('src/cli/here.ts', 'src/clips/there.ts'),
  value('workers/live/here.worker.ts', 'src/engine/there.ts'),
  value('workers/live/here.client.ts', 'comlink'),
  value('workers/live/here.client.ts', 'workers/live/live.contract.ts'),
  value('workers/live/here.worker.ts', 'workers/throw-handler.ts'),
  types('workers/live/here.contract.ts', 'src/graph/there.ts'),
  value('demo/live/here.ts', 'convolux'),
  value('demo/live/here.ts', 'convolux/pipelines'),
  value('demo/live/here.ts', 'demo/live/there.ts'),
  value('demo/live/here.ts', 'demo/shared/there.ts'),
  value('demo/shared/here.ts', 'demo/shared/there.ts'),
  value('demo/live/here.ts', '@mediapipe/camera_utils/camera_utils.js?url'),
  value('test/node/here.test.ts', 'src/plan/there.ts'),
  value('test/node/here.test.ts', 'test/support/there.ts'),
  value('src/define.ts', 'src/element.ts'),
  value('src/define.ts', 'pipelines/index.ts'),
  value('src/element.ts', 'src/element/there.ts'),
  value('src/element/here.ts', 'src/session/there.ts'),
  value('src/adapters/here.ts', 'src/session/there.ts'),
  types('src/adapters/here.ts', 'livekit-client'),
  value('test/node/here.test.ts', 'vitest'),
  value('test/node/here.test.ts', 'node:fs'),
  value('scripts/here.ts', 'vite'),
];

const FORBIDDEN = [
  value('src/core/here.ts', 'src/graph/there.ts'),
  types('src/core/here.ts', 'src/graph/there.ts'),
  value('src/core/here.ts', 'node:fs'),
  value('src/core/here.ts', 'rxjs'),
  value('src/core/here.ts', 'vite'),
  value('src/primitives/here.ts', 'src/ops/there.ts'),
  value('src/primitives/here.ts', 'src/kernels/there.ts'),
  value('src/kernels/here.ts', 'src/graph/there.ts'),
  value('src/backends/webgl2/here.ts', 'src/engine/there.ts'),
  value('src/frames/page/here.ts', 'src/schedule/there.ts'),
  value('src/session/here.ts', 'src/engine/there.ts'),
  value('src/session/here.ts', 'workers/live/live.worker.ts'),
  value('src/session/here.ts', 'workers/live/live.contract.ts'),
  value('src/engine/here.ts', 'workers/live/live.client.ts'),
  value('src/cli/here.ts', 'src/clips/there.ts'),
  value('src/cli/here.ts', 'src/engine/there.ts'),
  value('src/session/here.ts', 'commander'),
  value('src/adapters/here.ts', 'livekit-client'),
  value('src/session/here.ts', 'src/element/there.ts'),
  value('src/element/here.ts', 'pipelines/index.ts'),
  value('src/element.ts', 'pipelines/index.ts'),
  value('src/core/here.ts', 'src/index.ts'),
  value('src/novelty/here.ts', 'src/core/there.ts'),
  value('src/novelty/here.ts', 'src/novelty/there.ts'),
  value('src/stray.ts', 'src/core/there.ts'),
  value('src/index.ts', 'src/novelty/there.ts'),
  value('pipelines/here.ts', 'src/index.ts'),
  value('pipelines/here.ts', 'src/plan/there.ts'),
  value('workers/live/here.worker.ts', 'workers/clip/clip.contract.ts'),
  value('workers/live/here.worker.ts', 'src/graph/there.ts'),
  value('workers/live/here.worker.ts', 'workers/stray.ts'),
  value('workers/live/here.worker.ts', 'src/session/there.ts'),
  value('demo/live/here.ts', 'src/core/there.ts'),
  value('demo/live/here.ts', 'pipelines/there.ts'),
  value('demo/live/here.ts', 'demo/clip/there.ts'),
  value('demo/shared/here.ts', 'demo/clip/there.ts'),
  value('demo/shared/here.ts', 'src/core/there.ts'),
  value('demo/live/here.ts', 'comlink'),
  value('src/core/here.ts', 'test/support/there.ts'),
  value('scripts/here.ts', 'test/support/there.ts'),
  value('test/e2e/here.spec.ts', 'demo/live/there.ts'),
  value('src/core/here.ts', 'src/core/missing.ts'),
];

let house = '';

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'convolux-house-'));
  const ours = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as object;
  // The package from its sources, as the compiler finds it here.
  const exports = { '.': './src/index.ts', './pipelines': './pipelines/index.ts' };
  put('package.json', JSON.stringify({ ...ours, exports }));
  for (const file of HOUSE) put(file, CONTENT);
  for (const name of [
    'rxjs',
    'comlink',
    'commander',
    'vite',
    'vitest',
    'livekit-client',
    '@mediapipe/camera_utils',
  ]) {
    put(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'camera_utils.js' }));
    put(`node_modules/${name}/camera_utils.js`, CONTENT);
  }
});

afterAll(() => {
  rmSync(house, { recursive: true, force: true });
});

describe('an arrow of the map passes', () => {
  test.each(ALLOWED)('$kind: $from -> $to', async (arrow) => {
    expect(await verdictOn(arrow)).toEqual([]);
  });
});

describe('any other is reported', () => {
  test.each(FORBIDDEN)('$kind: $from -> $to', async (arrow) => {
    expect(await verdictOn(arrow)).not.toEqual([]);
  });
});

test('a circle is reported', async () => {
  put('src/core/left.ts', "import { right } from './right.ts';\nexport const left = right;\n");
  put('src/core/right.ts', "import { left } from './left.ts';\nexport const right = left;\n");
  const rules = await cruiseFor(['src/core/left.ts']);
  expect(rules).toContain('no-circular');
});

async function verdictOn({ kind, from, to }: Arrow): Promise<string[]> {
  const isOurs = /^(src|pipelines|workers|demo|test|scripts)\//.test(to);
  const target = isOurs ? '../'.repeat(from.split('/').length - 1) + to : to;
  put(from, `${kind} { x } from '${target}';\nexport type Y = typeof x;\n`);
  try {
    return await cruiseFor([from]);
  } finally {
    if (HOUSE.includes(from)) put(from, CONTENT);
    else rmSync(join(house, from));
  }
}

async function cruiseFor(files: string[]): Promise<string[]> {
  const { tsConfig: _unused, ...plain } = options;
  const { output } = await cruise(files, { ...plain, baseDir: house, validate: true, ruleSet });
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
}

function put(file: string, text: string): void {
  const path = join(house, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
