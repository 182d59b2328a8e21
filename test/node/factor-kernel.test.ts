/** factorKernel: the ranks of known kernels, the residual within the tolerance, and no factor more than needed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { box } from '../../src/kernels/box.ts';
import {
  factorKernel,
  normalizeFactor,
  type KernelFactor,
  type KernelGrid,
} from '../../src/kernels/factor-kernel.ts';
import { emboss, identity, laplacian, sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { gaussian } from '../../src/kernels/gaussian.ts';
import type { Kernel } from '../../src/kernels/kernel.ts';

const HALF_LEVEL = 0.5 / 255;
const gridOf = ({ shape, data }: Kernel): KernelGrid => ({ height: shape[0]!, width: shape[1]!, weights: data }); // prettier-ignore
const sum = (line: ArrayLike<number>) => Array.from(line).reduce((a, b) => a + b, 0);

function residual({ height, width, weights }: KernelGrid, factors: readonly KernelFactor[]): number {
  let total = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      total += Math.abs(
        weights[y * width + x]! - factors.reduce((all, { column, row }) => all + column[y]! * row[x]!, 0),
      );
  return total;
}

/** Σ (x − c)² ≤ 4² and other disks. */
const disk = (radius: number): KernelGrid => {
  const side = 2 * radius + 1;
  const weights = Array.from({ length: side * side }, (_, i) =>
    Number((Math.floor(i / side) - radius) ** 2 + ((i % side) - radius) ** 2 <= radius * radius),
  );
  const all = sum(weights);
  return { height: side, width: side, weights: weights.map((weight) => weight / all) };
};

describe('known ranks', () => {
  test.each([
    ['identity', identity, 1],
    ['sobelX', sobelX, 1],
    ['sobelY', sobelY, 1],
    ['box 5 × 9', box(5, 9), 1],
    ['Gaussian', gaussian({ sigma: 4 }), 1],
    ['Laplacian of 4', laplacian(4), 2],
    ['Laplacian of 8', laplacian(8), 2],
    ['emboss', emboss, 3],
  ] as const)('%s', (_, kernel, rank) => {
    const factors = factorKernel(gridOf(kernel));
    expect(factors.length).toBe(rank);
    expect(residual(gridOf(kernel), factors)).toBeLessThan(1e-6);
  });
});

test('the lines are as long as the sides, and the row never sums to less than 0', () => {
  const factors = factorKernel({ height: 2, width: 3, weights: [0, -1, -2, 0, 3, 6] });
  expect(factors.length).toBe(1);
  const { column, row } = factors[0]!;
  expect([column.length, row.length]).toEqual([2, 3]);
  expect(row[0]).toBe(0);
  expect(sum(row)).toBeGreaterThan(0);
  expect(sum(column.map((value) => value * value))).toBeCloseTo(sum(row.map((value) => value * value)), 12);
});

test('zeros, and what is less than the tolerance, have no factor', () => {
  expect(factorKernel({ height: 2, width: 2, weights: [0, 0, 0, 0] })).toEqual([]);
  expect(factorKernel({ height: 1, width: 2, weights: [1e-3, -9e-4] })).toEqual([]);
  expect(factorKernel({ height: 1, width: 2, weights: [1e-3, -9e-4] }, 0).length).toBe(1);
});

test('a disk: fewer factors than its rank, as few as the tolerance allows', () => {
  const grid = disk(7);
  const exact = factorKernel(grid, 1e-9);
  const coarse = factorKernel(grid, 0.1);
  expect(coarse.length).toBeLessThan(exact.length);
  expect(residual(grid, coarse)).toBeLessThanOrEqual(0.1);
  expect(residual(grid, coarse.slice(0, -1))).toBeGreaterThan(0.1);
});

test('a row whose sum is next to 0 is given with a sum that is not below 0', () => {
  const factors = factorKernel(
    { height: 2, width: 6, weights: [1, 0, 1, -1, 0, -1, 2, -1, 0, -1, 0, 0] },
    1e-9,
  );
  factors.forEach(({ row }) => expect(sum(row)).toBeGreaterThanOrEqual(0));
});

test('any kernel: within the tolerance, and one factor less is not', () => {
  const side = fc.integer({ min: 1, max: 8 });
  const weight = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.double({ min: -1, max: 1, noNaN: true }));
  const grids = fc.tuple(side, side).chain(([height, width]) =>
    fc.array(weight, { minLength: height * width, maxLength: height * width }).map((weights) => ({ height, width, weights })),
  ); // prettier-ignore
  const tolerances = fc.constantFrom(1e-9, HALF_LEVEL, 0.05, 0.5);
  fc.assert(
    fc.property(grids, tolerances, (grid, tolerance) => {
      const factors = factorKernel(grid, tolerance);
      expect(residual(grid, factors)).toBeLessThanOrEqual(tolerance + 1e-12);
      if (factors.length > 0) expect(residual(grid, factors.slice(0, -1))).toBeGreaterThan(tolerance - 1e-12);
      factors.forEach(({ row }) => expect(sum(row)).toBeGreaterThanOrEqual(0));
    }),
  );
});

describe('normalizeFactor', () => {
  test('lines of sum 1, and the gain', () => {
    const { column, row, gain } = normalizeFactor({
      column: Float64Array.of(-1, -3),
      row: Float64Array.of(1, 0, 1),
    })!;
    expect([[...column], [...row], gain]).toEqual([[0.25, 0.75], [0.5, 0, 0.5], -8]);
  });

  test('null where a line sums to nothing', () => {
    const line = Float64Array.of(1, 2);
    expect(normalizeFactor({ column: Float64Array.of(1, -1), row: line })).toBeNull();
    expect(normalizeFactor({ column: line, row: Float64Array.of(0.1, 0.2, -0.3) })).toBeNull();
    expect(normalizeFactor({ column: Float64Array.of(0, 0), row: line })).toBeNull();
  });
});

test('refused: more than 63 on a side, a negative tolerance', () => {
  const weights = new Float64Array(64);
  expect(() => factorKernel({ height: 64, width: 1, weights })).toThrow(
    new RangeError('kernel.height must be 1 to 63 rows, got 64'),
  );
  expect(() => factorKernel({ height: 1, width: 64, weights })).toThrow(
    new RangeError('kernel.width must be 1 to 63 columns, got 64'),
  );
  expect(() => factorKernel({ height: 1, width: 1, weights: [1] }, -1)).toThrow(
    new RangeError('tolerance must be ≥ 0, got -1'),
  );
});
