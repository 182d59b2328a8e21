/** Filters as terms: which kernels are a column times a row, and what becomes a loop. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { laplacian, sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { gaussian } from '../../src/kernels/gaussian.ts';
import type { Kernel } from '../../src/kernels/kernel.ts';
import { productOf } from '../../src/plan/terms.ts';

/** A kernel's taps around its middle, without those that weigh nothing, as `simplify` leaves them. */
function tapsOf({ shape: [height = 0, width = 0], data }: Kernel) {
  const all = Array.from(data, (weight, i) => ({ tap: [Math.floor(i / width) - (height >> 1), (i % width) - (width >> 1)], weight })); // prettier-ignore
  const kept = all.filter(({ weight }) => weight !== 0);
  return { taps: kept.map(({ tap }) => tap), weights: Float32Array.from(kept, ({ weight }) => weight) };
}

describe('productOf', () => {
  test('Sobel is [1 2 1] times [−1 0 1], in whole numbers', () => {
    const product = (column: number[], row: number[]) => ({ top: -1, left: -1, column: Float32Array.from(column), row: Float32Array.from(row) }); // prettier-ignore
    expect(productOf(tapsOf(sobelX))).toEqual(product([1, 2, 1], [-1, 0, 1]));
    expect(productOf(tapsOf(sobelY))).toEqual(product([-1, 0, 1], [1, 2, 1]));
  });

  test.each([1, 2, 3, 4, 7, 15])('a Gaussian of %i taps a side is one; its product is the kernel', (size) => {
    const kernel = gaussian({ sigma: 2, size });
    const found = productOf(tapsOf(kernel));
    if (size === 1) {
      expect(found).toBeNull();
      return;
    }
    kernel.data.forEach((weight, i) => {
      expect(found!.column[Math.floor(i / size)]! * found!.row[i % size]!).toBeCloseTo(weight, 7);
    });
  });

  test('a Laplacian is none, nor a line, nor zeros', () => {
    expect(productOf(tapsOf(laplacian()))).toBeNull();
    expect(productOf({ taps: [[0, -1], [0, 1]], weights: Float32Array.of(-1, 1) })).toBeNull(); // prettier-ignore
    expect(productOf({ taps: [[0, 0], [1, 1]], weights: new Float32Array(2) })).toBeNull(); // prettier-ignore
  });

  test('any column times any row is found, and nothing a thousandth beside it', () => {
    const line = fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(line, line, fc.nat(35), (column, row, where) => {
        const taps = column.flatMap((_, y) => row.map((__, x) => [y, x]));
        const weights = Float32Array.from(column.flatMap((down) => row.map((across) => down * across)));
        const found = productOf({ taps, weights });
        weights.forEach((weight, i) => {
          const [y, x] = [Math.floor(i / row.length), i % row.length];
          expect(Math.abs(found!.column[y]! * found!.row[x]! - weight)).toBeLessThan(1e-5);
        });
        const off = weights.slice();
        const place = where % off.length;
        off[place] = off[place]! + 0.001 * Math.max(...weights);
        expect(productOf({ taps, weights: off })).toBeNull();
      }),
    );
  });
});
