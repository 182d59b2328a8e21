/** What the reporter of `npm test` writes, also where the run never gets to its end. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import { VitestCounts } from '../../scripts/vitest-counts.mjs';

const moduleOf = (relativeModuleId: string) => ({ relativeModuleId }) as unknown as TestModule;
const [a, b] = [moduleOf('test/node/a.test.ts'), moduleOf('test/node/b.test.ts')];

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
