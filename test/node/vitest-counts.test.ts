/** What the reporter of `npm test` writes, also where the run never gets to its end. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import { VitestCounts } from '../../scripts/vitest-counts.mjs';

const moduleOf = (relativeModuleId: string) => ({ relativeModuleId }) as unknown as TestModule;
const [a, b] = [moduleOf('test/node/a.test.ts'), moduleOf('test/node/b.test.ts')];

const testOf = (fullName: string, result: unknown) => ({ module: a, fullName, result: () => result });

let folder = '';
const written = (): unknown => JSON.parse(readFileSync(join(folder, 'node.json'), 'utf8'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convolux-counts-'));
  vi.stubEnv('CONVOLUX_REPORT', join(folder, 'node.json'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('until the end: the files that it is at, and how many are left', () => {
  const counts = new VitestCounts();
  counts.onTestRunStart([a, b, 'another']);
  expect(written()).toEqual({ notEnded: [], notBegun: 3 });
  counts.onTestModuleQueued(a);
  counts.onTestModuleQueued(b);
  expect(written()).toEqual({ notEnded: ['test/node/a.test.ts', 'test/node/b.test.ts'], notBegun: 1 });
  counts.onTestModuleEnd(a);
  expect(written()).toEqual({ notEnded: ['test/node/b.test.ts'], notBegun: 1 });
});

test('at the end: the counts', () => {
  const counts = new VitestCounts();
  counts.onTestRunStart([]);
  counts.onTestRunEnd([], [{ message: 'Error: no server\n  at x' }]);
  expect(written()).toEqual({
    passed: 0,
    failed: 1,
    skips: [],
    problems: ['unhandled error: Error: no server'],
  });
});

test('names each failed test and suite once, with the first line of why', () => {
  const module = {
    type: 'module',
    relativeModuleId: 'test/node/a.test.ts',
    errors: () => [],
    children: {
      allSuites: () => [
        { type: 'suite', module: a, fullName: 'outer', errors: () => [{ message: 'no hook' }] },
        { type: 'suite', module: a, fullName: 'outer > inner', errors: () => [] },
      ],
      allTests: () => [
        testOf('outer > good', { state: 'passed', errors: undefined }),
        testOf('outer > bad', { state: 'failed', errors: [{ message: 'expected 1 to be 2\n  at x' }, {}] }),
        testOf('outer > not here', { state: 'skipped', errors: undefined, note: 'no camera' }),
      ],
    },
  } as unknown as TestModule;
  const counts = new VitestCounts();
  counts.onTestRunStart([]);
  counts.onTestRunEnd([module], []);
  expect(written()).toEqual({
    passed: 1,
    failed: 2,
    skips: [{ title: 'test/node/a.test.ts > outer > not here', reason: 'no camera' }],
    problems: [
      'test/node/a.test.ts > outer: no hook',
      'test/node/a.test.ts > outer > bad: expected 1 to be 2',
    ],
  });
});
