import { expect, test } from 'vitest';
import { lumaWeights } from '../../src/core/frame-color.ts';
import { luma } from '../../src/ops/luma.ts';

test.each(['bt601', 'bt709', 'bt2020'] as const)("luma follows the frame's own matrix: %s", (matrix) => {
  const weights = lumaWeights({ matrix, fullRange: false });
  const primaries = { shape: [2, 2, 3], data: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1) };
  const { shape, data } = luma.reference([primaries], {}, { luma: weights });
  expect(shape).toEqual([2, 2, 1]);
  expect([...data.subarray(0, 3)]).toEqual([...weights]);
  expect(data[3]).toBeCloseTo(1, 12);
});

test('luma takes three channels and gives one', () => {
  expect(luma.inferShape([[null, 640, 3]], {}, 'x')).toEqual([null, 640, 1]);
  expect(() => luma.inferShape([[null, null, 1]], {}, 'node 2 (luma)')).toThrow(
    new RangeError('node 2 (luma): the input must have 3 channels (R, G, B), got 1'),
  );
});
