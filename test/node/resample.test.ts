import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf, type Shape, type Tensor64 } from '../../src/core/tensor.ts';
import {
  resample2d,
  RESAMPLE_COORDINATES,
  RESAMPLE_MODES,
  type Resample2dOptions,
} from '../../src/ops/resample.ts';
import { runLowered } from '../support/run-primitives.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;
const of = (shape: Shape, ...values: number[]): Tensor64 => ({ shape, data: Float64Array.from(values) });
const counted = (shape: Shape): Tensor64 =>
  of(shape, ...Array.from({ length: sizeOf(shape) }, (_, i) => i + 1));
const both = (x: Tensor64, options: Resample2dOptions, expected: Tensor64) => {
  expect(resample2d.inferShape([x.shape], options, 'x')).toEqual(expected.shape);
  for (const got of [resample2d.reference([x], options, facts), runLowered(resample2d, [x], options)]) {
    expect(got.shape).toEqual(expected.shape);
    got.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 9));
  }
};
/** A row of one-channel pixels, resampled to `size` px. */
const row = (values: number[], size: number, options: Resample2dOptions, expected: number[]) => {
  both(of([1, values.length, 1], ...values), { sizes: [1, size], ...options }, of([1, size, 1], ...expected));
};

describe('by hand', () => {
  test('linear: pixels are areas, corners coincide, or positions just scale', () => {
    row([1, 2], 4, { mode: 'linear' }, [1, 1.25, 1.75, 2]);
    row([0, 3], 4, { mode: 'linear', coordinates: 'align-corners' }, [0, 1, 2, 3]);
    row([0, 4], 4, { mode: 'linear', coordinates: 'asymmetric' }, [0, 2, 4, 4]);
    row([5, 9], 1, { mode: 'linear', coordinates: 'align-corners' }, [5]);
    row([5, 9], 1, { mode: 'linear' }, [7]);
    row([7], 3, { mode: 'linear' }, [7, 7, 7]);
  });

  test('nearest: the nearer one, of equally near ones the first; asymmetric takes ⌊s⌋', () => {
    row([1, 2, 3, 4], 2, {}, [1, 3]);
    row([1, 2, 3], 6, {}, [1, 1, 2, 2, 3, 3]);
    row([1, 2, 3], 5, {}, [1, 1, 2, 3, 3]);
    row([1, 2, 3], 5, { coordinates: 'asymmetric' }, [1, 1, 2, 2, 3]);
    row([1, 2, 3, 4, 5], 3, { coordinates: 'asymmetric' }, [1, 2, 4]);
    row([1, 2, 3, 4, 5], 3, { coordinates: 'align-corners' }, [1, 3, 5]);
    row([1, 2], 3, { coordinates: 'align-corners' }, [1, 1, 2]);
    row([4, 5, 6], 3, { coordinates: 'asymmetric' }, [4, 5, 6]);
  });

  test('scales round the size down, and sizes win over scales', () => {
    both(counted([4, 6, 1]), { scales: [0.5, 0.4] }, of([2, 2, 1], 2, 4, 14, 16));
    both(of([2, 2, 1], 1, 2, 3, 4), { scales: [1, 1.5] }, of([2, 3, 1], 1, 1, 2, 3, 3, 4));
    both(of([2, 2, 1], 1, 2, 3, 4), { scales: [3, 4], sizes: [1, 1], mode: 'linear' }, of([1, 1, 1], 2.5));
    both(counted([2, 2, 2]), {}, counted([2, 2, 2]));
  });

  test('other axes: rows and channels, a matrix, frames of a stack', () => {
    both(of([1, 1, 2], 1, 2), { axes: [0, 2], sizes: [2, 4], mode: 'linear' }, of([2, 1, 4], 1, 1.25, 1.75, 2, 1, 1.25, 1.75, 2)); // prettier-ignore
    both(of([2, 1], 1, 3), { axes: [0, 1], sizes: [1, 2], mode: 'linear' }, of([1, 2], 2, 2));
    both(counted([2, 1, 2, 1]), { sizes: [1, 1] }, of([2, 1, 1, 1], 1, 3));
    both(
      counted([2, 1, 1, 1, 2]),
      { axes: [0, 1], sizes: [4, 1] },
      of([4, 1, 1, 1, 2], 1, 2, 1, 2, 3, 4, 3, 4),
    );
  });
});

describe('shapes and options', () => {
  test('sizes that are not known yet', () => {
    expect(resample2d.inferShape([[null, null, 3]], { scales: [2, 0.5] }, 'x')).toEqual([null, null, 3]);
    expect(resample2d.inferShape([[null, null, 3]], { sizes: [90, 160] }, 'x')).toEqual([90, 160, 3]);
    expect(resample2d.inferShape([[null, 9, 3]], { scales: [2, 0.5] }, 'x')).toEqual([null, 4, 3]);
  });

  test.each([
    [{ mode: 'cubic' }, "x: options.mode must be 'nearest-neighbor' | 'linear', got \"cubic\""],
    [{ coordinates: 'corner' }, "x: options.coordinates must be 'half-pixel'"],
    [{ scales: [0, 1] }, 'x: options.scales[0] must be > 0, got 0'],
    [{ scales: [1, 0.1] }, 'x: options.scales leave nothing of axis 1, of 5 px'],
    [{ sizes: [1, 2.5] }, 'x: options.sizes[1] must be an integer, got 2.5'],
    [{ sizes: [3] }, 'x: options.sizes must be an array of 2, one per axis, got [3]'],
    [{ axes: [1, -2] }, 'x: options.axes must be two axes, got 1 twice'],
    [{ axes: [0, 3] }, 'x: options.axes[1] must be -3 to 2 for a tensor of rank 3, got 3'],
  ])('%j is refused', (options, message) => {
    expect(() => resample2d.inferShape([[4, 5, 3]], options as Resample2dOptions, 'x')).toThrow(message);
  });

  test('what has no two axes is refused', () => {
    expect(() => resample2d.inferShape([[4, 5]], {}, 'x')).toThrow('x: the input must be an image');
    expect(() => resample2d.inferShape([[1, 1, 1, 1, 2]], { axes: [0, 4] }, 'x')).toThrow(
      'x: options.axes must leave',
    );
  });
});

describe('the lowering says what the reference says', () => {
  const side = fc.integer({ min: 1, max: 9 });
  const axes = fc.constantFrom([0, 1] as const, [1, 0] as const, [0, 2] as const, [1, 2] as const);
  const common = { mode: fc.constantFrom(...RESAMPLE_MODES), coordinates: fc.constantFrom(...RESAMPLE_COORDINATES), axes }; // prettier-ignore
  const check = (shape: Shape, options: Resample2dOptions) => {
    const x = of(shape, ...Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898) * 4));
    const expected = resample2d.reference([x], options, facts);
    const got = runLowered(resample2d, [x], options);
    expect(got.shape).toEqual(expected.shape);
    got.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 9));
  };

  test('by sizes', () => {
    fc.assert(
      fc.property(fc.tuple(side, side, side), fc.record({ ...common, sizes: fc.tuple(side, side) }), check),
      { numRuns: 400 },
    );
  });

  test('by scales', () => {
    const scale = fc.constantFrom(0.25, 0.4, 0.5, 0.75, 1, 4 / 3, 1.5, 2, 2.5, 3);
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: 4, max: 9 }),
          fc.integer({ min: 4, max: 9 }),
          fc.integer({ min: 4, max: 6 }),
        ),
        fc.record({ ...common, scales: fc.tuple(scale, scale) }),
        check,
      ),
      { numRuns: 400 },
    );
  });
});
