import { describe, expect, test } from 'vitest';
import { toFloat64, tensor, type Tensor64 } from '../../src/core/tensor.ts';
import { abs, add, clamp, div, magnitude, max, min, mul, sub } from '../../src/ops/elementwise.ts';
import type { Op } from '../../src/ops/op.ts';
import { image64, rowsOf } from './fakes/images.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;
const a = image64([[1, -2, 0.5]]);
const b = image64([[4, 2, -0.25]]);

describe('arithmetic', () => {
  test.each([
    ['add', add, [5, 0, 0.25]],
    ['sub', sub, [-3, -4, 0.75]],
    ['mul', mul, [4, -4, -0.125]],
    ['div', div, [0.25, -1, -2]],
    ['min', min, [1, -2, -0.25]],
    ['max', max, [4, 2, 0.5]],
    ['magnitude', magnitude as Op<object>, [Math.sqrt(17), Math.sqrt(8), Math.sqrt(0.3125)]],
  ] as const)('%s of two images', (name, op, expected) => {
    expect(op.name).toBe(name);
    rowsOf(op.reference([a, b], {}, facts))[0]!.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  test.each([
    [add, [3, 0, 2.5]],
    [sub, [-1, -4, -1.5]],
    [mul, [2, -4, 1]],
    [div, [0.5, -1, 0.25]],
    [min, [1, -2, 0.5]],
    [max, [2, 2, 2]],
  ] as const)('%# with the constant 2 in the place of the second', (op, expected) => {
    expect(rowsOf(op.reference([a], { constant: 2 }, facts))).toEqual([expected]);
  });

  test('abs, and clamp with its defaults and with others', () => {
    expect(rowsOf(abs.reference([a], {}, facts))).toEqual([[1, 2, 0.5]]);
    expect(rowsOf(clamp.reference([a], {}, facts))).toEqual([[1, 0, 0.5]]);
    expect(rowsOf(clamp.reference([a], { min: -1, max: 0.25 }, facts))).toEqual([[0.25, -1, 0.25]]);
  });
});

describe('shapes', () => {
  test('one channel broadcasts over three, from either side', () => {
    const grey = image64([[10, 20]]);
    const rgb: Tensor64 = toFloat64(tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]));
    const expected = { shape: [1, 2, 3], data: Float64Array.of(11, 12, 13, 24, 25, 26) };
    expect(add.reference([grey, rgb], {}, facts)).toEqual(expected);
    expect(add.reference([rgb, grey], {}, facts)).toEqual(expected);
    expect(add.inferShape([[null, null, 1], [null, null, 3]], {}, 'x')).toEqual([null, null, 3]); // prettier-ignore
  });

  test.each([
    [[[4, 5, 3], [4, 6, 3]], RangeError, 'x: the inputs must have one size, got [4, 5, 3] and [4, 6, 3]'],
    [[[4, 5, 3], [4, 5, 2]], RangeError, 'x: the inputs must have the same channels or one, got 3 and 2'],
    [[[4, 5, 3], [4, 5]], RangeError, 'x: the inputs must have one size, got [4, 5, 3] and [4, 5]'],
    [[[4, 5, 3]], TypeError, 'x takes 2 inputs (one with options.constant), got 1'],
  ])('%j are refused', (shapes, Class, message) => {
    expect(() => sub.inferShape(shapes, {}, 'x')).toThrow(new Class(message));
  }); // prettier-ignore
});

describe('options', () => {
  test.each([Number.NaN, Infinity, '2'])('the constant %o is refused', (constant) => {
    expect(() => mul.inferShape([[1, 1, 1]], { constant } as { constant: number }, 'node 1 (mul)')).toThrow(
      TypeError,
    );
    expect(() => mul.inferShape([[1, 1, 1]], { constant } as { constant: number }, 'node 1 (mul)')).toThrow(
      'node 1 (mul): the constant must be a finite number',
    );
  });

  test('clamp refuses bounds that cross', () => {
    expect(() => clamp.inferShape([[1, 1, 1]], { min: 2, max: 1 }, 'x')).toThrow(
      new RangeError('x: options.max must be ≥ 2, got 1'),
    );
    expect(() => clamp.inferShape([[1, 1, 1]], { min: 2 }, 'x')).toThrow('x: options.max must be ≥ 2, got 1');
    expect(() => clamp.inferShape([[1, 1, 1]], { min: Number.NaN }, 'x')).toThrow(
      'x: options.min must be a finite number, got NaN',
    );
    expect(clamp.inferShape([[1, 1, 1]], { min: 1, max: 1 }, 'x')).toEqual([1, 1, 1]);
  });
});
