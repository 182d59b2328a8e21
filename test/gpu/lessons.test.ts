/** The lessons on WebGL2. */
import { afterAll, expect, test } from 'vitest';
import { lessons } from '../../pipelines/lessons.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { TensorRunner } from '../../src/engine/run-tensors.ts';

const runner = new TensorRunner();

afterAll(() => {
  runner.dispose();
});

test.each(lessons)('$name', async ({ graph, inputs, expected }) => {
  const output = await runner.run(graph, inputs);
  expect(output.shape).toEqual(expected.shape);
  const reference = runReference(graph, inputs);
  output.data.forEach((value, i) => {
    expect(value).toBeCloseTo(reference.data[i] ?? Number.NaN, 4);
  });
});
