/**
 * A kernel of low rank as filters along the axes: K = Σ_r column_r · row_r, so k·r taps along x and as many along y
 * stand for k². Borders stay right: repeating or zeroing along one axis after the other is the same as along both.
 */
import { assert, at } from '../core/assert.ts';
import { factorKernel, normalizeFactor, type KernelFactor } from '../kernels/factor-kernel.ts';
import { MAX_KERNEL_SIDE } from '../kernels/kernel.ts';
import { binary, operand } from '../primitives/expression.ts';
import type { Linear } from '../primitives/primitive.ts';
import type { ProgramWriter } from './image-program.ts';

/** A filter's taps as a full rectangle. */
export type Grid = Readonly<{
  top: number;
  left: number;
  height: number;
  width: number;
  weights: Float64Array;
}>;

/** Of one weight per tap. */
export function gridOf({ taps, weights }: Pick<Linear, 'taps' | 'weights'>): Grid {
  const [ys, xs] = [taps.map((tap) => at(tap, 0)), taps.map((tap) => at(tap, 1))];
  const [top, left] = [Math.min(...ys), Math.min(...xs)];
  const [height, width] = [Math.max(...ys) - top + 1, Math.max(...xs) - left + 1];
  const grid = new Float64Array(height * width);
  taps.forEach((_, i) => {
    const place = (at(ys, i) - top) * width + at(xs, i) - left;
    grid[place] = at(grid, place) + at(weights, i);
  });
  return { top, left, height, width, weights: grid };
}

/** The factors of a filter over both axes; null where it has one axis only, or is too large to look at. */
export function factorsOf(linear: Linear): readonly KernelFactor[] | null {
  const grid = gridOf(linear);
  if (Math.min(grid.height, grid.width) < 2 || Math.max(grid.height, grid.width) > MAX_KERNEL_SIDE)
    return null;
  const factors = factorKernel(grid);
  // A row of sum 1 keeps a mean within the values that it is of, and 8 bits can hold it.
  return factors.length === 0 ? null : factors.map(withUnitRow);
}

function withUnitRow(factor: KernelFactor): KernelFactor {
  const parts = normalizeFactor(factor);
  if (parts === null) return factor;
  return { row: parts.row, column: parts.column.map((weight) => weight * parts.gain) };
}

/** Writes `linear` as its factors: rows, then columns, then their sum. */
export function writeFactors(
  linear: Linear,
  factors: readonly KernelFactor[],
  writer: ProgramWriter,
): number {
  const grid = gridOf(linear);
  const sums = factors.map(({ row, column }) => {
    const across = writer.add({
      ...linear,
      taps: Array.from(row, (_, x) => [0, grid.left + x]),
      weights: Float32Array.from(row),
      bias: null,
      // What is computed in between is as wide as the output and as high as the input.
      shape: [at(at(writer.values, linear.input).shape, 0), at(linear.shape, 1), at(linear.shape, 2)],
    });
    return writer.add({
      ...linear,
      input: across,
      taps: Array.from(column, (_, y) => [grid.top + y, 0]),
      weights: Float32Array.from(column),
      bias: null,
    });
  });
  const [first] = sums;
  assert(first !== undefined, 'a kernel has a factor');
  if (sums.length === 1 && linear.bias === null) return first;
  const total = sums.slice(1).reduce((sum, _, i) => binary('add', sum, operand(i + 1)), operand(0));
  const sum = writer.add({ kind: 'stencil', inputs: sums, shape: linear.shape, expression: total });
  if (linear.bias === null) return sum;
  return writer.add({ ...linear, input: sum, taps: [[0, 0]], weights: Float32Array.of(1) });
}
