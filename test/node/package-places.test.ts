/** Where the parts of the package find each other: what the build makes of places, and what it would not let pass. */
import { expect, test } from 'vitest';
import { LOADER, replacePlaces, wrongPlaces } from '../../scripts/package-places.mjs';
import { placeOf } from '../../scripts/package-page.mjs';
import { reachable } from '../../scripts/package-types.mjs';

const CLIENT = 'workers/live/live.client.ts';

test('a worker is named to the letter that bundlers know, and the rest stays', () => {
  const code = "f(new URL('./live.worker.ts', import.meta.url), { type: 'module' });";
  expect(replacePlaces(code, CLIENT)).toEqual({
    code: "f(new URL('./worker.js', import.meta.url), { type: 'module' });",
    used: ['worker.js'],
  });
});

test('what a worker loads is loaded by its address', () => {
  const code = "return await import('../../src/clips/recorder.ts');";
  expect(replacePlaces(code, 'workers/live/live-recording.ts')).toEqual({
    code: "return await loadByAddress(new URL('./recording.js', import.meta.url).href);",
    used: ['recording.js'],
  });
});

test.each([
  "new URL('./other.worker.ts', import.meta.url)",
  "new URL(\n  './other.worker.ts',\n  import.meta.url,\n)",
  "import('../../src/clips/clip-target.ts')",
])('%s has no place in the package, which is told', (code) => {
  expect(() => replacePlaces(code, CLIENT)).toThrow(`${CLIENT} names `);
});

const isThere = (place: string) => place === './worker.js';

test.each([
  ['nothing to say', 'new Worker(new URL("./worker.js", import.meta.url))', []],
  ['minified', `${LOADER}new Worker(new URL(\`./worker.js\`,import.meta.url))`, []],
  [
    'a source',
    'new URL("./live.worker.ts", import.meta.url)',
    ['a.js names ./live.worker.ts, which is not there'],
  ],
  ['another way to say it', 'new URL(place, import.meta.url)', [expect.stringContaining('import.meta.url')]],
  ['a part that would be split off', 'await import("./recording.js")', [expect.stringContaining('import()')]],
])('built code with %s', (_, code, expected) => {
  expect(wrongPlaces('a.js', code, isThere)).toEqual(expected);
});

test('what names a worker is built beside it, entries by their own names', () => {
  expect(
    [CLIENT, 'workers/worker-client.ts', 'src/index.ts', 'src/core/check.ts', 'pipelines/blur.ts'].map(
      placeOf,
    ),
  ).toEqual(['live.client', 'worker-client', 'index', 'core/check', 'pipelines/blur']);
});

test('of the declarations only those are kept that the entries refer to', () => {
  const emitted = new Map([
    ['/t/a.d.ts', 'import type { B } from \'./in/b.ts\';\nexport declare const a: import("./c.ts").C;'],
    ['/t/in/b.d.ts', "export { A } from '../a.ts';\nimport { Observable } from 'rxjs';"],
    ['/t/c.d.ts', 'export type C = 1;'],
    ['/t/d.d.ts', 'export type D = 1;'],
  ]);
  expect([...reachable(emitted, ['/t/a.d.ts'])].sort()).toEqual(['/t/a.d.ts', '/t/c.d.ts', '/t/in/b.d.ts']);
  expect(() => reachable(emitted, ['/t/e.d.ts'])).toThrow('/t/e.d.ts');
});
