import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf, type Shape, type Tensor64 } from '../../src/core/tensor.ts';
import { batchNorm, instanceNorm } from '../../src/ops/normalization.ts';
import type { Op } from '../../src/ops/op.ts';
import { reduceL2, reduceMax, reduceMean, reduceMin, reduceSum } from '../../src/ops/reduction.ts';
import { softmax } from '../../src/ops/softmax.ts';
import { runLowered } from '../support/run-primitives.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;
const of = (shape: Shape, ...values: number[]): Tensor64 => ({ shape, data: Float64Array.from(values) });
const close = (got: Tensor64, expected: Tensor64, digits = 9) => {
  expect(got.shape).toEqual(expected.shape);
  got.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, digits));
};
const both = <Options>(op: Op<Options>, x: Tensor64, options: Options, expected: Tensor64, digits = 9) => {
  close(op.reference([x], options, facts), expected, digits);
  close(runLowered(op, [x], options), expected, digits);
};

const tensors = (minRank: number) =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: minRank, maxLength: 5 }).chain((shape) =>
    fc
      .array(fc.double({ min: -50, max: 50, noNaN: true }), {
        minLength: sizeOf(shape),
        maxLength: sizeOf(shape),
      })
      .map((data) => of(shape, ...data)),
  );

describe('softmax', () => {
  test('by hand, along each axis', () => {
    const log = Math.log;
    both(softmax, of([2, 2], log(1), log(3), log(2), log(6)), {}, of([2, 2], 0.25, 0.75, 0.25, 0.75));
    both(
      softmax,
      of([2, 2], log(1), log(3), log(2), log(6)),
      { axis: 0 },
      of([2, 2], 1 / 3, 1 / 3, 2 / 3, 2 / 3),
    );
  });

  test('±1e4 overflow nothing', () => {
    both(softmax, of([3], 1e4, 1e4, -1e4), {}, of([3], 0.5, 0.5, 0));
    both(softmax, of([1], -1e4), { axis: -1 }, of([1], 1));
  });

  test('any axis of any rank: the lowering says what the reference says, and it sums to 1', () => {
    fc.assert(
      fc.property(tensors(1), fc.nat(), (x, pick) => {
        const axis = pick % x.shape.length;
        const expected = softmax.reference([x], { axis }, facts);
        close(runLowered(softmax, [x], { axis }), expected);
        reduceSum.reference([expected], { axes: [axis] }, facts).data.forEach((sum) => expect(sum).toBeCloseTo(1, 9)); // prettier-ignore
      }),
    );
  });

  test('what is no axis is refused', () => {
    expect(() => softmax.inferShape([[2, 2]], { axis: 2 }, 'x')).toThrow('x: options.axis must be -2 to 1');
    expect(() => softmax.inferShape([[]], {}, 'x')).toThrow(
      'x: the input must have an axis, got a tensor of rank 0',
    );
    expect(softmax.inferShape([[null, null, 3]], { axis: 0 }, 'x')).toEqual([null, null, 3]);
  });
});

describe('reductions', () => {
  const x = of([2, 3], 1, -2, 3, 4, 5, -6);

  test.each([
    [reduceSum, {}, of([], 5)],
    [reduceSum, { axes: [0] }, of([3], 5, 3, -3)],
    [reduceSum, { axes: [-1], keepDimensions: true }, of([2, 1], 2, 3)],
    [reduceSum, { axes: [] }, x],
    [reduceMean, { axes: [1] }, of([2], 2 / 3, 1)],
    [reduceMax, { axes: [1] }, of([2], 3, 5)],
    [reduceMin, { axes: [0] }, of([3], 1, -2, -6)],
    [reduceL2, { axes: [0] }, of([3], Math.sqrt(17), Math.sqrt(29), Math.sqrt(45))],
    [reduceL2, { keepDimensions: true }, of([1, 1], Math.sqrt(91))],
  ] as const)('%# %j', (op, options, expected) => {
    both(op, x, options, expected);
    expect(op.inferShape([x.shape], options, 'x')).toEqual(expected.shape);
  });

  test('a rank-0 tensor is its own sum, and an unknown size reduces', () => {
    both(reduceSum, of([], 7), {}, of([], 7));
    expect(reduceMean.inferShape([[null, null, 3]], { axes: [0, 1] }, 'x')).toEqual([3]);
    expect(reduceMean.inferShape([[null, null, 3]], { axes: [2] }, 'x')).toEqual([null, null]);
  });

  test('the lowering says what the reference says', () => {
    fc.assert(
      fc.property(tensors(0), fc.nat(), fc.boolean(), (x, bits, keepDimensions) => {
        const axes = x.shape.map((_, axis) => axis).filter((axis) => (bits >> axis) & 1);
        for (const op of [reduceSum, reduceMean, reduceMax, reduceMin, reduceL2]) {
          both(op, x, { axes, keepDimensions }, op.reference([x], { axes, keepDimensions }, facts));
        }
      }),
    );
  });

  test('axes that are none are refused', () => {
    expect(() => reduceSum.inferShape([[2, 2]], { axes: [0, -2] }, 'x')).toThrow(
      'x: options.axes must name each axis once, got [0, -2]',
    );
    expect(() => reduceSum.inferShape([[2, 2]], { axes: 1 } as never, 'x')).toThrow('x: options.axes must be an array'); // prettier-ignore
    expect(() => reduceSum.inferShape([[2]], { keepDimensions: 1 } as never, 'x')).toThrow('options.keepDimensions'); // prettier-ignore
  });
});

describe('batchNorm', () => {
  const mean = Float32Array.of(1, -1);
  const variance = Float32Array.of(3, 0);
  const scale = Float32Array.of(2, 0.5);
  const shift = Float32Array.of(10, 20);

  test('by hand, along the channels and along another axis', () => {
    both(batchNorm, of([2, 2], 1, -1, 5, 1), { mean, variance, epsilon: 1 }, of([2, 2], 0, 0, 2, 2));
    both(
      batchNorm,
      of([2, 2], 1, 5, -1, 1),
      { mean, variance, scale, shift, epsilon: 1, axis: 0 },
      of([2, 2], 10, 14, 20, 21),
    );
  });

  test('the lowering says what the reference says, on any axis', () => {
    fc.assert(
      fc.property(tensors(1), fc.nat(), fc.boolean(), fc.boolean(), (x, pick, scaled, shifted) => {
        const axis = pick % x.shape.length;
        const size = x.shape[axis]!;
        const of32 = (f: (i: number) => number) => Float32Array.from({ length: size }, (_, i) => f(i));
        const options = {
          axis,
          mean: of32((i) => i - 1),
          variance: of32((i) => i + 0.5),
          ...(scaled ? { scale: of32((i) => 2 - i) } : {}),
          ...(shifted ? { shift: of32((i) => i / 2) } : {}),
        };
        close(runLowered(batchNorm, [x], options), batchNorm.reference([x], options, facts), 4);
      }),
    );
  });

  test('its layer, and what is refused', () => {
    expect(batchNorm.layer?.([[4, 2]], { mean, variance, shift }, [4, 2])).toEqual({
      parameters: 6,
      macs: 8,
    });
    const infer = (options: object, shape: readonly (number | null)[] = [null, 2]) =>
      batchNorm.inferShape([shape], { mean, variance, ...options }, 'x');
    expect(infer({})).toEqual([null, 2]);
    expect(() => infer({ variance: Float32Array.of(1, -1) })).toThrow(
      'x: options.variance[1] must be ≥ 0, got -1',
    );
    expect(() => infer({ mean: [1, 2] })).toThrow('x: options.mean must be a Float32Array, got [1, 2]');
    expect(() => infer({ scale: new Float32Array(3) })).toThrow('x: options.scale must hold 2 values, got 3');
    expect(() => infer({ epsilon: 0 })).toThrow('x: options.epsilon must be ≥ 1e-20, got 0');
    expect(() => infer({ axis: 0 })).toThrow('x: axis 0 must have a known size');
    expect(() => infer({}, [])).toThrow('x: the input must have an axis');
  });
});

describe('instanceNorm', () => {
  test('each channel by its own mean and variance', () => {
    const x = of([2, 1, 2], 1, 10, 3, 10);
    const options = { epsilon: 3, scale: Float32Array.of(4, 7), shift: Float32Array.of(1, -1) };
    both(instanceNorm, x, options, of([2, 1, 2], -1, -1, 3, -1));
    both(instanceNorm, x, { epsilon: 3 }, of([2, 1, 2], -0.5, 0, 0.5, 0));
  });

  test('around 1e4 the variance does not cancel', () => {
    both(instanceNorm, of([4, 1], 1e4, 1e4 + 1, -1e4, -1e4 - 1), { epsilon: 1e-5 }, of([4, 1], 0.99995000125, 1.00004999625, -0.99995000125, -1.00004999625), 8); // prettier-ignore
  });

  test('the lowering says what the reference says', () => {
    fc.assert(
      fc.property(tensors(2), (x) => {
        close(runLowered(instanceNorm, [x], {}), instanceNorm.reference([x], {}, facts), 6);
      }),
    );
  });

  test('what is refused', () => {
    expect(() => instanceNorm.inferShape([[3]], {}, 'x')).toThrow(
      'x: the input must be [...spatial, channels]',
    );
    expect(() => instanceNorm.inferShape([[null, null, 3]], { shift: new Float32Array(2) }, 'x')).toThrow(
      'x: options.shift must hold 3 values, got 2',
    );
    expect(instanceNorm.inferShape([[null, null, 3]], {}, 'x')).toEqual([null, null, 3]);
  });
});
