import { expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { conv2d, luma, mul, sub } from '../../src/graph/operators.ts';
import { kernel } from '../../src/kernels/kernel.ts';

const pixels = tensor([1, 2, 3], [1, 0, 0, 0, 1, 0]);

test('runs a graph node by node', () => {
  const difference = graph(({ frame }) => {
    const y = mul(luma(frame), 2);
    return sub(y, conv2d(y, { weights: kernel([[0, 1]]), edge: 'zero' }));
  });
  const { shape, data } = runReference(difference, { frame: pixels });
  expect(shape).toEqual([1, 2, 1]);
  expect(data[0]).toBeCloseTo(2 * (0.299 - 0.587), 6);
  expect(data[1]).toBeCloseTo(2 * 0.587, 6);
});

test("takes the luma of the frame's colour, BT.601 when none is given", () => {
  const y = graph(({ frame }) => luma(frame));
  expect(runReference(y, { frame: pixels }).data[0]).toBeCloseTo(0.299, 6);
  const color = { matrix: 'bt709', fullRange: true } as const;
  expect(runReference(y, { frame: pixels }, { color }).data[0]).toBeCloseTo(0.2126, 6);
});

test('does not touch the frame, and gives an output of its own', () => {
  const output = runReference(graph(({ frame }) => frame), { frame: pixels }); // prettier-ignore
  expect(output).toEqual(pixels);
  output.data[0] = 9;
  expect(pixels.data[0]).toBe(1);
});

test.each([
  [tensor([2, 2, 1], [1, 2, 3, 4]), 'got [2, 2, 1] with 4 values'],
  [tensor([2, 3], [1, 2, 3, 4, 5, 6]), 'got [2, 3] with 6 values'],
  [{ shape: [2, 2, 3], data: new Float32Array(9) }, 'got [2, 2, 3] with 9 values'],
])('refuses a frame that is none: %#', (frame, message) => {
  expect(() => runReference(graph((inputs) => inputs.frame), { frame })).toThrow(
    new RangeError(`inputs.frame must be [?, ?, 3], ${message}`),
  ); // prettier-ignore
});
