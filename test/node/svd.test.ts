/** svd: the product is the matrix again, the vectors are orthonormal, and the values are those known by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { svd, type Svd } from '../../src/kernels/svd.ts';

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function product({ values, left, right }: Svd, rows: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, i) =>
    values.reduce(
      (sum, value, k) => sum + value * left[k]![Math.floor(i / columns)]! * right[k]![i % columns]!,
      0,
    ),
  );
}

function expectDecomposed(matrix: readonly number[], rows: number, columns: number): Svd {
  const result = svd(matrix, rows, columns);
  const { values, left, right } = result;
  const scale = Math.max(0, ...matrix.map(Math.abs));
  expect(values.length).toBeLessThanOrEqual(Math.min(rows, columns));
  expect([left.length, right.length]).toEqual([values.length, values.length]);
  expect([...values]).toEqual([...values].sort((a, b) => b - a));
  expect(values.every((value) => value > 0)).toBe(true);
  const back = product(result, rows, columns);
  matrix.forEach((value, i) => expect(Math.abs(value - back[i]!)).toBeLessThanOrEqual(1e-13 * scale * Math.max(rows, columns))); // prettier-ignore
  for (const vectors of [left, right]) {
    vectors.forEach((a, i) => {
      vectors.forEach((b, k) => expect(dot(a, b)).toBeCloseTo(i === k ? 1 : 0, 9));
    });
  }
  left.forEach((vector) => expect(vector.length).toBe(rows));
  right.forEach((vector) => expect(vector.length).toBe(columns));
  return result;
}

describe('by hand', () => {
  test('a diagonal: its sizes, sorted', () => {
    const { values } = expectDecomposed([0, 0, 0, 0, -5, 0, 0, 0, 3], 3, 3);
    expect([...values]).toEqual([5, 3]);
  });

  test('[[3, 0], [4, 5]] has √45 and √5', () => {
    const { values } = expectDecomposed([3, 0, 4, 5], 2, 2);
    expect(values[0]).toBeCloseTo(Math.sqrt(45), 13);
    expect(values[1]).toBeCloseTo(Math.sqrt(5), 13);
  });

  test('a matrix of zeros has no values', () => {
    expect(svd(new Float64Array(12), 3, 4)).toEqual({ values: new Float64Array(), left: [], right: [] });
  });

  test('one row, one column, one number', () => {
    expect([...expectDecomposed([3, 4], 1, 2).values]).toEqual([5]);
    expect([...expectDecomposed([3, 4], 2, 1).values]).toEqual([5]);
    expect([...expectDecomposed([-2], 1, 1).values]).toEqual([2]);
  });

  test('rank 2 of 4 × 6, whatever the noise of float64', () => {
    const matrix = Array.from({ length: 24 }, (_, i) => {
      const [y, x] = [Math.floor(i / 6), i % 6];
      return Math.sin(y + 1) * Math.cos(x) + (y - 1.5) * (x * x);
    });
    expect(expectDecomposed(matrix, 4, 6).values.length).toBe(2);
  });
});

test.each([1e-200, 1e-30, 1e200])('numbers of the size of %d', (scale) => {
  const matrix = [1, 2, 3, 4, 5, 6, 7, 8, 10].map((value) => value * scale);
  expect(expectDecomposed(matrix, 3, 3).values.length).toBe(3);
});

test('Hilbert, 12 × 12: ill-conditioned, and decomposed all the same', () => {
  const matrix = Array.from({ length: 144 }, (_, i) => 1 / (Math.floor(i / 12) + (i % 12) + 1));
  const { values } = expectDecomposed(matrix, 12, 12);
  expect(values[0]).toBeCloseTo(1.7953720595619975, 12);
});

test('the largest: 63 × 63', () => {
  const matrix = Array.from({ length: 63 * 63 }, (_, i) => Math.sin(i * i));
  expect(expectDecomposed(matrix, 63, 63).values.length).toBe(63);
});

test('any matrix, and the sum of squares is that of the values', () => {
  const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -100, max: 100, noNaN: true }));
  const side = fc.integer({ min: 1, max: 9 });
  const matrices = fc
    .tuple(side, side)
    .chain(([h, w]) => fc.tuple(fc.constant(h), fc.constant(w), fc.array(number, { minLength: h * w, maxLength: h * w }))); // prettier-ignore
  fc.assert(
    fc.property(matrices, ([rows, columns, matrix]) => {
      const { values } = expectDecomposed(matrix, rows, columns);
      const squares = matrix.reduce((sum, value) => sum + value * value, 0);
      expect(Math.abs(dot(values, values) - squares)).toBeLessThanOrEqual(1e-12 * squares);
      const turned = Array.from({ length: matrix.length }, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!); // prettier-ignore
      [...svd(turned, columns, rows).values].forEach((value, k) => expect(value).toBeCloseTo(values[k]!, 9));
    }),
  );
});

test('refused: sides out of range, numbers missing, numbers that are none', () => {
  expect(() => svd([], 0, 1)).toThrow(new RangeError('rows must be 1 to 63, got 0'));
  expect(() => svd(new Float64Array(64), 1, 64)).toThrow(new RangeError('columns must be 1 to 63, got 64'));
  expect(() => svd([1, 2, 3], 2, 2)).toThrow(new TypeError('matrix must have 2 · 2 = 4 numbers, got 3'));
  expect(() => svd([1, NaN], 1, 2)).toThrow(new TypeError('matrix[1] must be a finite number, got NaN'));
});
