/**
 * A kernel as a sum of products column × row: its rank many passes of height + width taps instead of height · width
 * taps. By Eckart, Young & Mirsky the first r terms of the singular value decomposition are the best of rank r.
 */
import { at } from '../core/assert.ts';
import { checkInteger, checkNumber } from '../core/check.ts';
import { MAX_KERNEL_SIDE } from './kernel.ts';
import { svd } from './svd.ts';

/** column(y) · row(x); the sum of the row is ≥ 0. */
export type KernelFactor = Readonly<{
  /** `height` weights, ends of 0 included. */
  column: Float64Array;
  /** `width` weights, ends of 0 included. */
  row: Float64Array;
}>;

export type KernelGrid = Readonly<{ height: number; width: number; weights: ArrayLike<number> }>;

/** Half of one of 255 levels: what a pixel may be off for values in 0..1. */
const HALF_LEVEL = 0.5 / 255;

const sumOf = (line: Float64Array) => line.reduce((sum, value) => sum + value, 0);

/** The singular value goes to both sides evenly, so that neither gets much smaller weights than the other. */
function toFactor(value: number, left: Float64Array, right: Float64Array): KernelFactor {
  const share = Math.sqrt(value);
  const [column, row] = [left.map((weight) => weight * share), right.map((weight) => weight * share)];
  // By the row as it is given: rounding may turn the sign of a sum next to 0.
  if (sumOf(row) >= 0) return { column, row };
  return { column: column.map((weight) => -weight), row: row.map((weight) => -weight) };
}

function subtract(grid: Float64Array, { column, row }: KernelFactor): void {
  for (let y = 0; y < column.length; y++)
    for (let x = 0; x < row.length; x++) grid[y * row.length + x]! -= at(column, y) * at(row, x);
}

/**
 * The fewest factors whose sum K_r has Σ|K − K_r| ≤ `tolerance`, the weightiest first. A kernel that is 0 within
 * the tolerance has none; where rounding alone exceeds the tolerance, all of the kernel's rank are given.
 *
 * @param kernel row-major weights, each side 1 to 63.
 * @param tolerance the most that an output may be off for pixel values in −1..1, ≥ 0. Default half of one of 255 levels.
 * @throws TypeError | RangeError when a side is out of range, or a weight is missing or not finite.
 */
export function factorKernel(kernel: KernelGrid, tolerance = HALF_LEVEL): readonly KernelFactor[] {
  const { height, width } = kernel;
  checkInteger('kernel.height', height, { min: 1, max: MAX_KERNEL_SIDE, unit: 'rows' });
  checkInteger('kernel.width', width, { min: 1, max: MAX_KERNEL_SIDE, unit: 'columns' });
  checkNumber('tolerance', tolerance, { min: 0 });
  return leastFactors(kernel, tolerance);
}

/** As `factorKernel`, of any sides. */
export function leastFactors(
  { height, width, weights }: KernelGrid,
  tolerance = HALF_LEVEL,
): readonly KernelFactor[] {
  const { values, left, right } = svd(weights, height, width);
  const residual = Float64Array.from(weights);
  const factors: KernelFactor[] = [];
  for (let k = 0; k < values.length; k++) {
    if (residual.reduce((sum, value) => sum + Math.abs(value), 0) <= tolerance) break;
    const factor = toFactor(at(values, k), at(left, k), at(right, k));
    subtract(residual, factor);
    factors.push(factor);
  }
  return factors;
}

/**
 * The factor as lines of sum 1 and what they are multiplied by: column(y) · row(x) = gain · column₁(y) · row₁(x).
 * @returns null when a line's sum is 0, or next to nothing beside its weights.
 */
export function normalizeFactor({
  column,
  row,
}: KernelFactor): (KernelFactor & Readonly<{ gain: number }>) | null {
  const [columnSum, rowSum] = [sumOf(column), sumOf(row)];
  const vanishes = (line: Float64Array, sum: number) =>
    Math.abs(sum) <= 1e-6 * line.reduce((total, value) => total + Math.abs(value), 0);
  if (vanishes(column, columnSum) || vanishes(row, rowSum)) return null;
  return {
    column: column.map((value) => value / columnSum),
    row: row.map((value) => value / rowSum),
    gain: columnSum * rowSum,
  };
}
