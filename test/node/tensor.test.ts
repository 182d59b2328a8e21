import { describe, expect, test } from 'vitest';
import { sameShape, showShape, sizeOf, tensor, toFloat32, toFloat64 } from '../../src/core/tensor.ts';

describe('tensor', () => {
  test('owns a copy of its shape and its values', () => {
    const [shape, data] = [[2, 1], [1, 2]]; // prettier-ignore
    const made = tensor(shape, data);
    shape[0] = 9;
    data[0] = 9;
    expect(made).toEqual({ shape: [2, 1], data: Float32Array.of(1, 2) });
  });

  test.each([
    [[2, 2.5], TypeError, 'shape[1] must be an integer, got 2.5'],
    [[0, 2], RangeError, 'shape[0] must be ≥ 1, got 0'],
    [[2, 2], RangeError, 'data must hold 4 values for the shape [2, 2], got 3'],
  ] as const)('refuses the shape %j', (shape, Class, message) => {
    expect(() => tensor(shape, [1, 2, 3])).toThrow(new Class(message));
  });

  test.each([Number.NaN, Infinity])('refuses %d as a value', (value) => {
    expect(() => tensor([2], [0, value])).toThrow(
      new TypeError(`data[1] must be a finite number, got ${value}`),
    );
  });

  test('refuses a value that float32 can not hold', () => {
    expect(() => tensor([1], [1e39])).toThrow(TypeError);
  });
});

test('shapes have a size, compare, and show what is not known yet', () => {
  expect(sizeOf([3, 4, 2])).toBe(24);
  expect(sizeOf([])).toBe(1);
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2, 3], [2, 3, 1])).toBe(false);
  expect(showShape([null, 640, 3])).toBe('[?, 640, 3]');
});

test('widening keeps values, narrowing rounds them', () => {
  const wide = toFloat64(tensor([2], [0.5, 0.1]));
  expect(wide.data).toEqual(Float64Array.of(0.5, Math.fround(0.1)));
  expect(toFloat32({ shape: [1], data: Float64Array.of(0.1) }).data[0]).toBe(Math.fround(0.1));
});
