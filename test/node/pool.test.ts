/** The pools: examples to check by hand, rounding, padding, and that each lowering says what its reference says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf, type Shape, type Tensor64 } from '../../src/core/tensor.ts';
import { convolutionOps } from '../../src/ops/families/convolution.ts';
import { globalAveragePool, globalL2Pool, globalMaxPool } from '../../src/ops/global-pool.ts';
import type { Op } from '../../src/ops/op.ts';
import {
  averagePool1d,
  averagePool2d,
  averagePool3d,
  l2Pool1d,
  l2Pool2d,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from '../../src/ops/pool.ts';
import type { Padding } from '../../src/ops/window-geometry.ts';
import { loweredProgram, runLowered } from '../support/run-primitives.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;

function noise(shape: Shape): Tensor64 {
  let state = 77;
  const data = Float64Array.from({ length: sizeOf(shape) }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state / 2147483648) * 4 - 2;
  });
  return { shape, data };
}

const signal = (...values: number[]): Tensor64 => ({
  shape: [values.length, 1],
  data: Float64Array.from(values),
});
const image = (rows: readonly (readonly number[])[]): Tensor64 => ({
  shape: [rows.length, rows[0]!.length, 1],
  data: Float64Array.from(rows.flat()),
});

/** The reference's values, which the lowering has as well. */
function both<Options>(op: Op<Options>, input: Tensor64, options: Options): number[] {
  const expected = op.reference([input], options, facts);
  const lowered = runLowered(op, [input], options);
  expect(lowered.shape).toEqual(expected.shape);
  expected.data.forEach((value, i) => {
    expect(lowered.data[i], `element ${i}`).toBeCloseTo(value, 5);
  });
  return [...expected.data];
}

const kindsOf = <Options>(op: Op<Options>, shape: Shape, options: Options): string[] =>
  loweredProgram(op, [shape], options).values.map(({ kind }) => kind);

describe('by hand', () => {
  const rows = [[1, 3, 2, 4], [5, 6, 1, 2], [7, 2, 9, 0], [1, 4, 3, 8]]; // prettier-ignore

  test('2×2 with strides 2: the largest, the mean, the root of the squares', () => {
    const options = { windowDimensions: 2, strides: 2 };
    expect(both(maxPool2d, image(rows), options)).toEqual([6, 4, 7, 9]);
    expect(both(averagePool2d, image(rows), options)).toEqual([3.75, 2.25, 3.5, 5]);
    expect(both(l2Pool2d, image([[3, 0], [0, -4]]), options)).toEqual([5]); // prettier-ignore
    expect(both(lpPool2d, image([[3, 0], [0, -4]]), { ...options, p: 1 })).toEqual([7]); // prettier-ignore
  });

  test('strides are 1 by default', () => {
    expect(both(maxPool1d, signal(1, 5, 2, 0), { windowDimensions: 2 })).toEqual([5, 5, 2]);
  });

  test('the padding never wins a maximum, and is not counted in a mean unless asked for', () => {
    const options = { windowDimensions: 3, padding: [[1, 1]] } as const;
    expect(both(maxPool1d, signal(-5, -7, -9), options)).toEqual([-5, -5, -7]);
    expect(both(averagePool1d, signal(3, 6, 9), options)).toEqual([4.5, 6, 7.5]);
    expect(both(averagePool1d, signal(3, 6, 9), { ...options, countIncludePad: true })).toEqual([3, 6, 5]);
    expect(both(averagePool1d, signal(3, 6, 9), { ...options, divisor: 2 })).toEqual([4.5, 9, 7.5]);
  });

  test("'ceil' has one more window, of what is left; it may not start in the padding at the end", () => {
    const options = { windowDimensions: 2, strides: 2, rounding: 'ceil' } as const;
    expect(both(maxPool1d, signal(1, 2, 3, 4, 5), options)).toEqual([2, 4, 5]);
    expect(both(averagePool1d, signal(1, 2, 3, 4, 5), options)).toEqual([1.5, 3.5, 5]);
    const padded = { windowDimensions: 2, strides: 3, padding: [[0, 1]], rounding: 'ceil' } as const;
    expect(both(maxPool1d, signal(1, 2, 3), padded)).toEqual([2]);
  });

  test('what is past the padded input counts for nothing, also with the padding counted (PyTorch)', () => {
    const options = { windowDimensions: 3, strides: 2, padding: [[1, 1]], rounding: 'ceil', countIncludePad: true } as const; // prettier-ignore
    // Padded: 0 1 2 3 4 0: the windows 0 1 2, 2 3 4, and 4 0 with nothing after it.
    expect(both(averagePool1d, signal(1, 2, 3, 4), options)).toEqual([1, 3, 2]);
  });

  test('a window that lies in the padding altogether gives 0', () => {
    const options = { windowDimensions: 1, padding: [[1, 0]] } as const;
    expect(both(maxPool1d, signal(-3), options)).toEqual([0, -3]);
    expect(both(averagePool1d, signal(-3), options)).toEqual([0, -3]);
    expect(both(l2Pool1d, signal(-3), options)).toEqual([0, 3]);
  });

  test('outputSizes choose between the two roundings', () => {
    const options = { windowDimensions: 2, strides: 2 };
    expect(both(maxPool1d, signal(1, 2, 3), { ...options, outputSizes: [1] })).toEqual([2]);
    expect(both(maxPool1d, signal(1, 2, 3), { ...options, outputSizes: [2] })).toEqual([2, 3]);
  });
});

describe('every lowering says what its reference says', () => {
  const steps = fc.integer({ min: 1, max: 3 });
  const options = fc.record({
    windowDimensions: fc.tuple(steps, steps),
    strides: fc.tuple(steps, steps),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.constantFrom<Padding>('valid', 'same', 'same-lower', [[0, 2], [1, 0]]), // prettier-ignore
    rounding: fc.constantFrom('floor' as const, 'ceil' as const),
  });

  test('max, average, l2, lp in 2d', () => {
    fc.assert(
      fc.property(options, fc.boolean(), fc.constantFrom(1, 2, 3, 2.5), (window, countIncludePad, p) => {
        const input = noise([6, 7, 2]);
        both(maxPool2d, input, window);
        both(averagePool2d, input, { ...window, countIncludePad });
        both(averagePool2d, input, { ...window, divisor: 7 });
        both(l2Pool2d, input, window);
        both(lpPool2d, input, { ...window, p });
      }),
      { numRuns: 60 },
    );
  });

  test('3d', () => {
    const window = { windowDimensions: [2, 3, 1], strides: [2, 1, 3], padding: [[1, 0], [1, 1], [0, 0]], rounding: 'ceil' } as const; // prettier-ignore
    both(maxPool3d, noise([3, 4, 5, 2]), window);
    both(averagePool3d, noise([3, 4, 5, 2]), { ...window, countIncludePad: true });
    both(lpPool3d, noise([3, 4, 5, 2]), { ...window, p: 3 });
  });

  test('global pools: of a signal, an image, a stack; of numbers below zero', () => {
    for (const shape of [
      [7, 3],
      [4, 5, 3],
      [2, 3, 4, 3],
    ]) {
      // prettier-ignore
      const input = noise(shape);
      const below = { ...input, data: input.data.map((value) => value - 5) };
      expect(both(globalMaxPool, below, {}).every((value) => value < 0)).toBe(true);
      both(globalAveragePool, input, {});
      both(globalL2Pool, input, {});
    }
    expect(both(globalAveragePool, image([[1, 2], [3, 6]]), {})).toEqual([3]); // prettier-ignore
  });
});

describe('how it lowers', () => {
  test('a mean over whole windows is a linear, which the planner can separate', () => {
    expect(kindsOf(averagePool2d, [8, 8, 3], { windowDimensions: 2, strides: 2 })).toEqual([
      'input',
      'linear',
    ]);
    const padded = { windowDimensions: 3, padding: 'same' } as const;
    expect(kindsOf(averagePool2d, [8, 8, 3], { ...padded, countIncludePad: true })).toEqual([
      'input',
      'linear',
    ]);
    expect(kindsOf(averagePool2d, [8, 8, 3], padded)).toEqual(['input', 'fold']);
  });

  test('shapes and windows, with sizes that are not known yet', () => {
    const options = { windowDimensions: 3, strides: 2, dilations: 2 };
    expect(maxPool2d.inferShape([[null, 11, 4]], options, 'node 1')).toEqual([null, 4, 4]);
    expect(globalMaxPool.inferShape([[null, null, 4]], {}, 'node 1')).toEqual([1, 1, 4]);
    expect(maxPool2d.layer?.([[11, 11, 4]], options, [4, 4, 4]).window).toEqual({
      extent: [5, 5],
      stride: [2, 2],
    });
  });
});

describe('what is refused, and how it says so', () => {
  const cases: readonly (readonly [keyof typeof convolutionOps, Shape, unknown, ErrorConstructor, string])[] = [
    ['maxPool2d', [9, 9, 1], {}, TypeError, 'options.windowDimensions must be a number or an array of 2, got undefined'],
    ['maxPool2d', [9, 9, 1], { windowDimensions: 64 }, RangeError, 'options.windowDimensions must be 1 to 63, got 64'],
    ['maxPool2d', [9, 9, 1], { windowDimensions: [2, 0] }, RangeError, 'options.windowDimensions[1] must be 1 to 63, got 0'],
    ['maxPool2d', [2, 9, 1], { windowDimensions: 3 }, RangeError, "an input height of 2, padded by 0 + 0, is smaller than the window's 3"],
    ['maxPool2d', [9, 9, 1], { windowDimensions: 2, rounding: 'up' }, TypeError, `options.rounding must be 'floor' | 'ceil', got "up"`],
    ['maxPool2d', [9, 9, 1], { windowDimensions: 2, strides: 2, outputSizes: [6, 4] }, RangeError, 'options.outputSizes[0] must be 4 or 5, got 6'],
    ['maxPool2d', [9, 9, 1], { windowDimensions: 2, outputSizes: 8 }, TypeError, 'options.outputSizes must be an array of 2, got 8'],
    ['averagePool2d', [9, 9, 1], { windowDimensions: 2, divisor: 0 }, RangeError, 'options.divisor must be > 0, got 0'],
    ['averagePool2d', [9, 9, 1], { windowDimensions: 2, countIncludePad: 1 }, TypeError, 'options.countIncludePad must be a boolean, got 1'],
    ['lpPool1d', [9, 1], { windowDimensions: 2, p: 0 }, RangeError, 'options.p must be 1 to 64, got 0'],
    ['globalMaxPool', [9], {}, TypeError, 'the input must be [length, channels]'],
  ]; // prettier-ignore

  test.each(cases)('%s %j %j', (name, shape, options, type, message) => {
    const infer = (): unknown => (convolutionOps[name] as Op<unknown>).inferShape([shape], options, 'node 4');
    expect(infer).toThrow(type);
    expect(infer).toThrow(message);
    expect(infer).toThrow('node 4');
  });

  test('an exponent may be broken', () => {
    expect(both(lpPool1d, signal(4, 9), { windowDimensions: 2, p: 1.5 })[0]).toBeCloseTo(35 ** (2 / 3), 10);
  });
});
