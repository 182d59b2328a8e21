import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf, tensor, type Shape, type Tensor64 } from '../../src/core/tensor.ts';
import { broadcastIndices, broadcastShape, checkAxis } from '../../src/ops/broadcast.ts';
import { colorMap } from '../../src/ops/color-map.ts';
import * as elementwise from '../../src/ops/elementwise.ts';
import {
  add,
  exp,
  log,
  mix,
  neg,
  pow,
  quantize,
  smoothstep,
  sqrt,
  threshold,
} from '../../src/ops/elementwise.ts';
import type { Op } from '../../src/ops/op.ts';
import { rgbToYuv, yuvToRgb } from '../../src/ops/yuv.ts';
import { runLowered } from '../support/run-primitives.ts';

const facts = { luma: [0.299, 0.587, 0.114] } as const;
const of = (shape: Shape, ...values: number[]): Tensor64 => ({ shape, data: Float64Array.from(values) });
const close = (got: Tensor64, expected: Tensor64, digits = 9) => {
  expect(got.shape).toEqual(expected.shape);
  got.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, digits));
};

describe('broadcasting', () => {
  test.each([
    [[[], []], []],
    [[[], [3]], [3]],
    [
      [[2, 3], [3]],
      [2, 3],
    ],
    [
      [
        [2, 1],
        [1, 3],
      ],
      [2, 3],
    ],
    [
      [[4, 1, 1], [5, 1], [6]],
      [4, 5, 6],
    ],
    [
      [
        [2, 1, 2, 1, 2],
        [1, 3, 1, 3, 1],
      ],
      [2, 3, 2, 3, 2],
    ],
    [
      [
        [null, null, 3],
        [null, null, 1],
      ],
      [null, null, 3],
    ],
    [
      [
        [null, null, 3],
        [1, 1, 3],
      ],
      [null, null, 3],
    ],
    [
      [[null, null, 3], [3]],
      [null, null, 3],
    ],
    [
      [
        [1, null, 1],
        [null, 1, 2],
      ],
      [null, null, 2],
    ],
  ])('%j → %j', (shapes, expected) => {
    expect(broadcastShape(shapes, 'x')).toEqual(expected);
    expect(broadcastShape([...shapes].reverse(), 'x')).toEqual(expected);
  });

  test.each([
    [
      [
        [null, null, 3],
        [4, null, 3],
      ],
      'x: the inputs must have one size, got [?, ?, 3] and [4, ?, 3]',
    ],
    [[[2, 3], [4]], 'x: the inputs must have the same channels or one, got 3 and 4'],
    [
      [
        [3, 2, 4],
        [2, 2, 4],
      ],
      'x: the inputs must have one size, got [3, 2, 4] and [2, 2, 4]',
    ],
    [[[1, 1, 1, 1, 1, 1]], 'x: the rank must be 0 to 5, got 6 [1, 1, 1, 1, 1, 1]'],
  ])('%j are refused', (shapes, message) => {
    expect(() => broadcastShape(shapes, 'x')).toThrow(new RangeError(message));
  });

  test('rows and columns by hand', () => {
    const column = of([2, 1], 10, 20);
    const line = of([3], 1, 2, 3);
    const expected = of([2, 3], 11, 12, 13, 21, 22, 23);
    expect(add.reference([column, line], {}, facts)).toEqual(expected);
    expect(runLowered(add, [column, line], {})).toEqual(expected);
    expect([...broadcastIndices([2, 1], [2, 3])]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...broadcastIndices([], [2, 2])]).toEqual([0, 0, 0, 0]);
  });

  test('axes count from either end', () => {
    expect([checkAxis('a', 0, 3), checkAxis('a', -1, 3), checkAxis('a', 2, 3)]).toEqual([0, 2, 2]);
    expect(() => checkAxis('a', 3, 3)).toThrow(
      new RangeError('a must be -3 to 2 for a tensor of rank 3, got 3'),
    );
    expect(() => checkAxis('a', 0.5, 3)).toThrow(new TypeError('a must be an integer, got 0.5'));
  });

  const arb = fc
    .tuple(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 5 }), fc.integer(), fc.integer())
    .chain(([shape, a, b]) => {
      const thin = (bits: number): number[] => {
        const cut = Math.abs(bits) % (shape.length + 1);
        return shape.slice(cut).map((size, axis) => ((bits >> axis) & 1 ? 1 : size));
      };
      const values = (own: Shape) => fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: sizeOf(own), maxLength: sizeOf(own) }).map((data) => of(own, ...data)); // prettier-ignore
      return fc.tuple(values(shape), values(thin(a)), values(thin(b)));
    });

  test.each(['add', 'sub', 'mul', 'min', 'max', 'magnitude', 'mix', 'div', 'pow'] as const)(
    '%s: the lowering says what the reference says, any shapes',
    (name) => {
      const op = elementwise[name] as Op<object>;
      fc.assert(
        fc.property(arb, ([a, b, c]) => {
          // Divisors and bases keep away from 0, where a rounding decides the result.
          const away = { shape: b.shape, data: b.data.map((x) => (name === 'div' ? Math.sign(x || 1) * (Math.abs(x) + 0.5) : Math.round(x))) }; // prettier-ignore
          const base = name === 'pow' ? { ...a, data: a.data.map((x) => (x < 0 ? x - 0.5 : x + 0.5)) } : a;
          const inputs =
            name === 'mix' ? [a, b, c] : name === 'div' || name === 'pow' ? [base, away] : [a, b];
          close(runLowered(op, inputs, {}), op.reference(inputs, {}, facts), 7);
        }),
      );
    },
  );
});

describe('values by hand', () => {
  const both = (op: Op<object>, inputs: readonly Tensor64[], options: object, expected: number[]) => {
    for (const got of [op.reference(inputs, options, facts), runLowered(op, inputs, options)]) {
      expected.forEach((value, i) => expect(got.data[i]).toBeCloseTo(value, 12));
    }
  };

  test('unary', () => {
    both(neg, [of([2], 1, -3)], {}, [-1, 3]);
    both(sqrt, [of([], 9)], {}, [3]);
    both(exp, [of([3], 0, 1, -1e4)], {}, [1, Math.E, 0]);
    both(log, [of([2], 1, Math.E)], {}, [0, 1]);
  });

  test('pow: whole powers keep the sign, broken ones take |a|', () => {
    both(pow, [of([3], -2, 0, 3)], { constant: 2 }, [4, 0, 9]);
    both(pow, [of([3], -2, 0, 3)], { constant: 3 }, [-8, 0, 27]);
    both(pow, [of([2], -4, 4)], { constant: 0.5 }, [2, 2]);
    both(pow, [of([2], -2, 4)], { constant: -1 }, [-0.5, 0.25]);
    both(pow, [of([], -2), of([5], 3, 2, 1, -1, 0.5)], {}, [-8, 4, -2, -0.5, Math.SQRT2]);
  });

  test('mix, threshold, smoothstep', () => {
    both(mix, [of([2], 0, 10), of([2], 4, 20)], { amount: 0.25 }, [1, 12.5]);
    both(mix, [of([2], 0, 10), of([2], 4, 20), of([2], 1, 0)], {}, [4, 10]);
    both(threshold, [of([3], 0.49, 0.5, 0.51)], {}, [0, 1, 1]);
    both(threshold, [of([2], -1e4, 1e4)], { threshold: -3 }, [0, 1]);
    both(smoothstep, [of([5], -1e4, 0.25, 0.5, 1, 1e4)], {}, [0, 0.15625, 0.5, 1, 1]);
    both(smoothstep, [of([3], 2, 4, 6)], { edge0: 2, edge1: 6 }, [0, 0.5, 1]);
  });

  test('quantize: to the nearest level, halves upwards, within 0..1', () => {
    both(quantize, [of([5], -0.2, 0.4 / 255, 0.5 / 255, 0.6, 1.3)], {}, [0, 0, 1 / 255, 153 / 255, 1]);
    both(quantize, [of([4], 0.16, 0.17, 0.49, 0.9)], { bits: 2 }, [0, 1 / 3, 1 / 3, 1]);
    expect(() => quantize.inferShape([[1]], { bits: 9 }, 'x')).toThrow(
      'x: options.bits must be 1 to 8, got 9',
    );
  });

  test('options that are none', () => {
    expect(() => smoothstep.inferShape([[1]], { edge0: 1 }, 'x')).toThrow(
      'x: options.edge1 must be > 1, got 1',
    );
    expect(() => threshold.inferShape([[1]], { threshold: Number.NaN }, 'x')).toThrow('x: options.threshold must be a finite'); // prettier-ignore
    expect(() => mix.inferShape([[1], [1]], {}, 'x')).toThrow(
      'x takes 3 inputs (two with options.amount), got 2',
    );
    expect(() => mix.inferShape([[1], [1]], { amount: Infinity }, 'x')).toThrow('x: options.amount must be');
  });
});

describe('colour', () => {
  test("Y'CbCr of the primaries by the frame's matrix, and back", () => {
    const primaries = of([1, 4, 3], 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1);
    const [kr, kg, kb] = facts.luma;
    const expected = of(
      [1, 4, 3],
      ...[kr, -kr / (2 * (1 - kb)), 0.5],
      ...[kg, -kg / (2 * (1 - kb)), -kg / (2 * (1 - kr))],
      ...[kb, 0.5, -kb / (2 * (1 - kr))],
      ...[1, 0, 0],
    );
    const yuv = rgbToYuv.reference([primaries], {}, facts);
    close(yuv, expected, 12);
    close(yuvToRgb.reference([yuv], {}, facts), primaries, 12);
    close(runLowered(rgbToYuv, [primaries], {}, facts), expected, 6);
    close(runLowered(yuvToRgb, [yuv], {}, facts), primaries, 6);
    expect(() => rgbToYuv.inferShape([[1, 1, 1]], {}, 'x')).toThrow('x: the input must have 3 channels (R, G, B), got 1'); // prettier-ignore
  });

  test('a table of colours', () => {
    const table = tensor([3, 2], [0, 1, 1, 0, 5, 0]);
    const x = of([1, 6, 1], -7, 0, 0.25, 0.5, 0.75, 1e4);
    const expected = of([1, 6, 2], 0, 1, 0, 1, 0.5, 0.5, 1, 0, 3, 0, 5, 0);
    expect(colorMap.reference([x], { table }, facts)).toEqual(expected);
    expect(runLowered(colorMap, [x], { table })).toEqual(expected);
    expect(colorMap.inferShape([[null, null, 1]], { table }, 'x')).toEqual([null, null, 2]);
    const one = { table: tensor([1, 1], [4]) };
    expect([...runLowered(colorMap, [x], one).data]).toEqual([4, 4, 4, 4, 4, 4]);
    expect(() => colorMap.inferShape([[1, 1, 3]], { table }, 'x')).toThrow(
      'x: the input must have 1 channel, got 3',
    );
    expect(() => colorMap.inferShape([[1, 1, 1]], { table: tensor([2], [1, 2]) }, 'x')).toThrow(
      'x: options.table must be [entries, channels], got [2]',
    );
  });
});
