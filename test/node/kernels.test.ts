/** Weights: what each kernel sums to, its symmetry, its factors, and the words when it can not be made. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { box } from '../../src/kernels/box.ts';
import { emboss, identity, laplacian, sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { gaussian, gaussianColumn, gaussianRadius, gaussianRow } from '../../src/kernels/gaussian.ts';
import { flipKernel, kernel, type Kernel } from '../../src/kernels/kernel.ts';
import { sharpen } from '../../src/kernels/sharpen.ts';
import { rowsOf } from './fakes/images.ts';

const sum = ({ data }: Kernel): number => data.reduce((total, weight) => total + weight, 0);
const sigmas = fc.double({ min: 0.05, max: 10, noNaN: true });
const sizes = fc.integer({ min: 1, max: 31 });

describe('a Gaussian', () => {
  test('sums to 1, is symmetric, and falls from its centre, whatever its size', () => {
    fc.assert(
      fc.property(sigmas, fc.option(sizes, { nil: undefined }), (sigma, size) => {
        const { data } = gaussianRow(size === undefined ? { sigma } : { sigma, size });
        const line = [...data];
        expect(sum(kernel([line]))).toBeCloseTo(1, 6);
        expect(line).toEqual(line.toReversed());
        const half = line.slice(0, Math.ceil(line.length / 2));
        expect(half).toEqual(half.toSorted((a, b) => a - b));
      }),
    );
  });

  test('is the outer product of its column and its row', () => {
    fc.assert(
      fc.property(sigmas, sizes, (sigma, size) => {
        const options = { sigma, size };
        const [row, column] = [gaussianRow(options), gaussianColumn(options)];
        expect(row.shape).toEqual([1, size]);
        expect(column.shape).toEqual([size, 1]);
        const full = gaussian(options);
        expect(full.shape).toEqual([size, size]);
        full.data.forEach((weight, i) => {
          expect(weight).toBeCloseTo(column.data[Math.floor(i / size)]! * row.data[i % size]!, 6);
        });
      }),
    );
  });

  test('has the values of its formula', () => {
    const [edge, centre] = gaussianRow({ sigma: 1, size: 3 }).data;
    expect(centre! / edge!).toBeCloseTo(Math.exp(0.5), 6);
    const [outer, inner] = gaussianRow({ sigma: 2, size: 4 }).data;
    expect(inner! / outer!).toBeCloseTo(Math.exp((1.5 ** 2 - 0.5 ** 2) / 8), 6);
  });

  test.each([
    [0.3, 3],
    [1, 7],
    [2, 13],
    [5, 31],
    [10, 61],
  ])('of σ = %d px has %d taps by itself', (sigma, taps) => {
    expect(2 * gaussianRadius(sigma) + 1).toBe(taps);
    expect(gaussianRow({ sigma }).shape).toEqual([1, taps]);
  });

  test.each([0.01, 1e-8, 1e-200, Number.MIN_VALUE])('of a tiny σ = %d px is the pixel itself', (sigma) => {
    expect([...gaussianRow({ sigma }).data]).toEqual([0, 1, 0]);
    expect([...gaussianRow({ sigma, size: 4 }).data]).toEqual([0, 0.5, 0.5, 0]);
  });

  test.each([
    [{ sigma: 0 }, RangeError, 'options.sigma must be > 0 and ≤ 1000 px, got 0'],
    [{ sigma: -1 }, RangeError, 'options.sigma must be > 0 and ≤ 1000 px, got -1'],
    [{ sigma: 1001 }, RangeError, 'options.sigma must be > 0 and ≤ 1000 px, got 1001'],
    [{ sigma: Number.NaN }, TypeError, 'options.sigma must be a finite number, got NaN'],
    [{ sigma: 1, size: 0 }, RangeError, 'options.size must be 1 to 63 taps, got 0'],
    [{ sigma: 1, size: 64 }, RangeError, 'options.size must be 1 to 63 taps, got 64'],
    [{ sigma: 1, size: 2.5 }, TypeError, 'options.size must be an integer, got 2.5'],
  ])('refuses %j', (options, Class, message) => {
    for (const make of [gaussian, gaussianRow, gaussianColumn]) {
      expect(() => make(options)).toThrow(new Class(message));
    }
  });

  test('of a σ that is too large for a kernel says how to go on, and that works', () => {
    expect(() => gaussian({ sigma: 20 })).toThrow(
      'options.sigma of 20 px needs 121 taps, and a kernel has at most 63: give options.size, or a sigma ≤ 10 px',
    );
    expect(gaussianRow({ sigma: 20, size: 63 }).shape).toEqual([1, 63]);
    expect(gaussianRow({ sigma: 10 }).shape).toEqual([1, 61]);
  });
});

describe('the other kernels', () => {
  test.each([
    ['identity', identity, 1],
    ['box 3', box(3), 1],
    ['box 5×2', box(5, 2), 1],
    ['sobelX', sobelX, 0],
    ['sobelY', sobelY, 0],
    ['laplacian', laplacian(), 0],
    ['laplacian of 8', laplacian(8), 0],
    ['emboss', emboss, 1],
    ['sharpen', sharpen(), 1],
    ['sharpen by 0', sharpen(0), 1],
    ['sharpen by 2.5', sharpen(2.5), 1],
  ])('%s sums to its gain', (_name, made, gain) => {
    expect(sum(made)).toBeCloseTo(gain, 6);
  });

  test('box has equal weights in the sides asked for', () => {
    expect(box(2, 3)).toEqual(kernel([[1 / 6, 1 / 6, 1 / 6], [1 / 6, 1 / 6, 1 / 6]])); // prettier-ignore
    expect(box(4).shape).toEqual([4, 4]);
    expect(() => box(64)).toThrow(new RangeError('height must be 1 to 63 px, got 64'));
    expect(() => box(3, 0)).toThrow(new RangeError('width must be 1 to 63 px, got 0'));
    expect(() => box(1.5)).toThrow(new TypeError('height must be an integer, got 1.5'));
  });

  test('sobelY is sobelX turned, and both are smoothing times difference', () => {
    const [x, y] = [rowsOf(sobelX), rowsOf(sobelY)];
    expect(y).toEqual([0, 1, 2].map((j) => [0, 1, 2].map((i) => x[i]![j])));
    expect(x).toEqual([1, 2, 1].map((smooth) => [-1, 0, 1].map((step) => (smooth * step === 0 ? 0 : smooth * step)))); // prettier-ignore
  });

  test('sharpen is the image minus its Laplacian', () => {
    expect(rowsOf(sharpen(1))).toEqual([
      [0, -1, 0],
      [-1, 5, -1],
      [0, -1, 0],
    ]);
    expect(() => sharpen(-0.1)).toThrow(new RangeError('amount must be 0 to 100, got -0.1'));
    expect(() => sharpen(Number.NaN)).toThrow(TypeError);
  });
});

describe('kernel and flipKernel', () => {
  const weights = fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
    .chain(([height, width]) =>
      fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
    );

  test('flipping turns by 180°, and twice is nothing', () => {
    fc.assert(
      fc.property(weights, (rows) => {
        const flipped = flipKernel(kernel(rows));
        expect(rowsOf(flipped)).toEqual(rows.map((row) => row.toReversed()).toReversed());
        expect(flipKernel(flipped)).toEqual(kernel(rows));
      }),
    );
  });

  test.each([
    [[], RangeError, 'kernel height must be 1 to 63 rows, got 0'],
    [[[]], RangeError, 'kernel width must be 1 to 63 columns, got 0'],
    [[[1, 2], [3]], TypeError, 'kernel row 1 must have 2 weights like row 0, got 1'],
    [[[1], [2, 3]], TypeError, 'kernel row 1 must have 1 weights like row 0, got 2'],
    [[[1, Number.NaN]], TypeError, 'must be a finite number, got NaN'],
    [Array.from({ length: 64 }, () => [1]), RangeError, 'kernel height must be 1 to 63 rows, got 64'],
  ])('refuses %j', (rows, Class, message) => {
    expect(() => kernel(rows)).toThrow(Class);
    expect(() => kernel(rows)).toThrow(message);
  });
});
