/** The lessons say what is true. */
import { expect, test } from 'vitest';
import { lessons } from '../../pipelines/lessons.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { describe } from '../../src/graph/describe.ts';

test.each(lessons)('$name gives what it says', ({ graph, inputs, expected }) => {
  const output = runReference(graph, inputs);
  expect(output.shape).toEqual(expected.shape);
  if (expected.data !== undefined) expect([...output.data]).toEqual(expected.data);
});

const counted = lessons.filter(({ parameters }) => parameters !== undefined);

test.each(counted)('$name has as many parameters as it says', ({ graph, parameters }) => {
  expect(describe(graph).parameters).toBe(parameters);
});
