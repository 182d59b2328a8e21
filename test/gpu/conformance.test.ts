/** The sample of others' cases on WebGL2, and the case that must fail. */
import { expect, test } from 'vitest';
import { parseCases } from '../conformance/cases.ts';
import { webGl2Backend } from '../conformance/page/run-on-webgl2.ts';
import { runCases } from '../conformance/run-cases.ts';
import sample from '../conformance/sample.json?raw';
import wrong from '../conformance/wrong.json?raw';

async function failuresIn(text: string): Promise<readonly string[]> {
  const results = await runCases(parseCases(text, 'the sample'), webGl2Backend);
  return results.flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name}: ${reason}`]));
}

test('WebGL2 passes every case of the sample', { timeout: 240_000 }, async () => {
  expect(await failuresIn(sample)).toEqual([]);
});

test('the case that is wrong on purpose fails', async () => {
  expect(await failuresIn(wrong)).toEqual([expect.stringContaining('1 of 4 values differ')]);
});
