import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf, type Shape, type Tensor64 } from '../../src/core/tensor.ts';
import { concat, crop, reshape, slice, sliceChannels, transpose } from '../../src/ops/move.ts';
import type { Op } from '../../src/ops/op.ts';
import { pad, PAD_MODES } from '../../src/ops/pad.ts';
import { runLowered } from '../support/run-primitives.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;
const of = (shape: Shape, ...values: number[]): Tensor64 => ({ shape, data: Float64Array.from(values) });
const counted = (shape: Shape): Tensor64 =>
  of(shape, ...Array.from({ length: sizeOf(shape) }, (_, i) => i + 1));
const both = <Options>(
  op: Op<Options>,
  inputs: readonly Tensor64[],
  options: Options,
  expected: Tensor64,
) => {
  expect(op.inferShape(inputs.map((input) => input.shape), options, 'x')).toEqual(expected.shape); // prettier-ignore
  expect(op.reference(inputs, options, facts)).toEqual(expected);
  expect(runLowered(op, inputs, options)).toEqual(expected);
};
const agree = <Options>(op: Op<Options>, inputs: readonly Tensor64[], options: Options) => {
  both(op, inputs, options, op.reference(inputs, options, facts));
};

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 });

describe('pad', () => {
  const line = of([4], 1, 2, 3, 4);

  test.each([
    ['constant', [9, 9, 1, 2, 3, 4, 9, 9, 9]],
    ['edge', [1, 1, 1, 2, 3, 4, 4, 4, 4]],
    ['reflect', [3, 2, 1, 2, 3, 4, 3, 2, 1]],
    ['symmetric', [2, 1, 1, 2, 3, 4, 4, 3, 2]],
    ['wrap', [3, 4, 1, 2, 3, 4, 1, 2, 3]],
  ] as const)('%s', (mode, expected) => {
    both(pad, [line], { padding: [[2, 3]], mode, value: 9 }, of([9], ...expected));
  });

  test('wider than the input, and of one element', () => {
    both(pad, [of([2], 1, 2)], { padding: [[3, 2]], mode: 'reflect' }, of([7], 2, 1, 2, 1, 2, 1, 2));
    both(pad, [of([2], 1, 2)], { padding: [[3, 2]], mode: 'symmetric' }, of([7], 2, 2, 1, 1, 2, 2, 1));
    for (const mode of PAD_MODES) {
      agree(pad, [of([1], 5)], { padding: [[2, 3]], mode, value: 5 });
      expect([...pad.reference([of([1], 5)], { padding: [[2, 3]], mode, value: 5 }, facts).data]).toEqual(new Array(6).fill(5)); // prettier-ignore
    }
  });

  test('channels too, and a tensor of rank 0', () => {
    both(pad, [of([1, 2], 1, 2)], { padding: [[0, 1], [1, 0]] }, of([2, 3], 0, 1, 2, 0, 0, 0)); // prettier-ignore
    both(pad, [of([], 3)], { padding: [] }, of([], 3));
    expect(pad.inferShape([[null, 4, 3]], { padding: [[1, 1], [2, 2], [0, 0]] }, 'x')).toEqual([null, 8, 3]); // prettier-ignore
  });

  test('the lowering says what the reference says', () => {
    fc.assert(
      fc.property(shapes, fc.array(fc.nat({ max: 3 }), { minLength: 10 }), fc.constantFrom(...PAD_MODES), (shape, widths, mode) => {
        if (shape.length > 4) shape = shape.map((size) => Math.min(2, size));
        const padding = shape.map((_, axis) => [widths[2 * axis]!, widths[2 * axis + 1]!] as const);
        agree(pad, [counted(shape)], { padding, mode, value: -1 });
      }),
      { numRuns: 60 },
    ); // prettier-ignore
  });

  test('what is refused', () => {
    const infer = (options: object) => pad.inferShape([[2, 2]], { padding: [[0, 0], [0, 0]], ...options }, 'x'); // prettier-ignore
    expect(() => infer({ padding: [[1, 1]] })).toThrow(
      'x: options.padding must be an array of 2, [begin, end] per axis',
    );
    expect(() => infer({ padding: [[1, 1], [1]] })).toThrow('x: options.padding[1] must be an array of 2, [begin, end], got [1]'); // prettier-ignore
    expect(() => infer({ padding: [[1, -1], [1, 1]] })).toThrow('x: options.padding[0][1] must be ≥ 0, got -1'); // prettier-ignore
    expect(() => infer({ mode: 'mirror' })).toThrow("x: options.mode must be 'constant' | 'edge'");
    expect(() => infer({ value: Infinity })).toThrow('x: options.value must be a finite number');
  });
});

describe('slice and crop', () => {
  const x = counted([3, 4]);

  test('by hand', () => {
    both(slice, [x], { starts: [1, 0], sizes: [2, 3] }, of([2, 3], 5, 6, 7, 9, 10, 11));
    both(slice, [x], { starts: [0, 1], sizes: [null, null], strides: [2, 2] }, of([2, 2], 2, 4, 10, 12));
    both(crop, [x], { margins: [[1, 0], [1, 2]] }, of([2, 1], 6, 10)); // prettier-ignore
    both(crop, [x], { margins: [[0, 2]] }, of([1, 4], 1, 2, 3, 4)); // prettier-ignore
    both(sliceChannels, [x], { start: 2 }, of([3, 1], 3, 7, 11));
    both(sliceChannels, [x], { start: 1, size: 2 }, of([3, 2], 2, 3, 6, 7, 10, 11));
    both(slice, [of([], 4)], { starts: [], sizes: [] }, of([], 4));
  });

  test('sizes that are not known yet', () => {
    const starts = [0, 2, 0];
    expect(slice.inferShape([[null, null, 3]], { starts, sizes: [null, 8, 3] }, 'x')).toEqual([null, 8, 3]);
    expect(crop.inferShape([[null, 9, 3]], { margins: [[1, 1], [2, 2]] }, 'x')).toEqual([null, 5, 3]); // prettier-ignore
    expect(sliceChannels.inferShape([[null, null, 3]], { start: 0 }, 'x')).toEqual([null, null, 1]);
  });

  test('any box by any strides: the lowering says what the reference says', () => {
    const nats = fc.array(fc.nat({ max: 11 }), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(shapes, nats, (shape, picks) => {
        const starts = shape.map((size, axis) => picks[axis]! % size);
        const sizes = shape.map((size, axis) => 1 + (picks[5 + axis]! % (size - starts[axis]!)));
        const strides = shape.map((_, axis) => 1 + (picks[10 + axis]! % 3));
        agree(slice, [counted(shape)], { starts, sizes, strides });
      }),
    );
  });

  test('what is refused', () => {
    const infer = (options: object) =>
      slice.inferShape([[3, 4]], { starts: [0, 0], sizes: [1, 1], ...options }, 'x');
    expect(() => infer({ starts: [3, 0] })).toThrow(
      "x: the slice of axis 0 starts at 3, outside of the input's 3",
    );
    expect(() => infer({ sizes: [1, 5] })).toThrow('x: the slice of axis 1 ends at 5, and the input has 4');
    expect(() => infer({ strides: [1, 0] })).toThrow('x: options.strides[1] must be ≥ 1, got 0');
    expect(() => infer({ starts: [0] })).toThrow(
      'x: options.starts must be an array of 2, one per axis, got [0]',
    );
    expect(() => crop.inferShape([[3, 4]], { margins: [[2, 1]] }, 'x')).toThrow('x: options.margins[0] leave nothing of 3: 2 + 1'); // prettier-ignore
    expect(() => crop.inferShape([[3]], { margins: [[0, 0], [0, 0]] }, 'x')).toThrow('x: options.margins must be [[begin, end], …] for at most 1'); // prettier-ignore
    expect(() => sliceChannels.inferShape([[3, 4]], { start: 4 }, 'x')).toThrow('x: options.start must be 0 to 3, got 4'); // prettier-ignore
    expect(() => sliceChannels.inferShape([[3, 4]], { start: 2, size: 3 }, 'x')).toThrow('x: options.size must be 1 to 2, got 3'); // prettier-ignore
  });
});

describe('concat', () => {
  test('along the channels and along the rows', () => {
    both(concat, [of([2, 1], 1, 2), of([2, 2], 3, 4, 5, 6)], {}, of([2, 3], 1, 3, 4, 2, 5, 6));
    both(concat, [of([1, 2], 1, 2), of([2, 2], 3, 4, 5, 6)], { axis: 0 }, of([3, 2], 1, 2, 3, 4, 5, 6));
    both(concat, [of([1], 7)], {}, of([1], 7));
    expect(concat.inferShape([[null, null, 3], [null, null, 1]], {}, 'x')).toEqual([null, null, 4]); // prettier-ignore
    expect(concat.inferShape([[null, 2, 3], [5, 2, 3]], { axis: 0 }, 'x')).toEqual([null, 2, 3]); // prettier-ignore
  });

  test('three of any sizes: the lowering says what the reference says', () => {
    fc.assert(
      fc.property(shapes.filter((shape) => shape.length > 0), fc.nat(), (shape, pick) => {
        const axis = pick % shape.length;
        agree(concat, [1, 3, 2].map((size) => counted(shape.with(axis, size))), { axis });
      }),
    ); // prettier-ignore
  });

  test('what is refused', () => {
    expect(() => concat.inferShape([[2, 3], [3, 3]], {}, 'x')).toThrow('x: the inputs must agree on all axes but 1, got [2, 3] and [3, 3]'); // prettier-ignore
    expect(() => concat.inferShape([[2], [2, 1]], {}, 'x')).toThrow('x: the inputs must agree');
    expect(() => concat.inferShape([], {}, 'x')).toThrow('x takes at least 1 input, got 0');
    expect(() => concat.inferShape([[2]], { axis: 1 }, 'x')).toThrow('x: options.axis must be -1 to 0');
  });
});

describe('transpose and reshape', () => {
  test('by hand', () => {
    both(transpose, [counted([2, 3])], {}, of([3, 2], 1, 4, 2, 5, 3, 6));
    both(transpose, [counted([1, 2, 2])], { permutation: [2, 0, 1] }, of([2, 1, 2], 1, 3, 2, 4));
    both(reshape, [counted([2, 3])], { shape: [3, 2] }, counted([3, 2]));
    both(reshape, [counted([2, 3])], { shape: [1, null] }, counted([1, 6]));
    both(reshape, [of([1, 1], 4)], { shape: [] }, of([], 4));
    expect(transpose.inferShape([[null, 4, 3]], { permutation: [2, 0, 1] }, 'x')).toEqual([3, null, 4]);
    expect(reshape.inferShape([[null, 4, 3]], { shape: [null, 12] }, 'x')).toEqual([null, 12]);
  });

  test('any permutation: the lowering says what the reference says, and the inverse undoes it', () => {
    fc.assert(
      fc.property(shapes, fc.array(fc.double({ noNaN: true }), { minLength: 5, maxLength: 5 }), (shape, keys) => {
        const permutation = shape.map((_, axis) => axis).sort((a, b) => keys[a]! - keys[b]!);
        const x = counted(shape);
        agree(transpose, [x], { permutation });
        const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
        const there = transpose.reference([x], { permutation }, facts);
        expect(transpose.reference([there], { permutation: inverse }, facts)).toEqual(x);
      }),
    ); // prettier-ignore
  });

  test('what is refused', () => {
    expect(() => transpose.inferShape([[2, 3]], { permutation: [0, 0] }, 'x')).toThrow('x: options.permutation must name each axis once, got [0, 0]'); // prettier-ignore
    expect(() => transpose.inferShape([[2, 3]], { permutation: [0, 2] }, 'x')).toThrow('x: options.permutation[1] must be 0 to 1, got 2'); // prettier-ignore
    expect(() => reshape.inferShape([[2, 3]], { shape: [4] }, 'x')).toThrow('x: options.shape [4] must hold the 6 values of [2, 3]'); // prettier-ignore
    expect(() => reshape.inferShape([[2, 3]], { shape: [null, 4] }, 'x')).toThrow(
      'x: options.shape [?, 4] must hold',
    );
    expect(() => reshape.inferShape([[2, 3]], { shape: [null, null] }, 'x')).toThrow('x: options.shape may have one null'); // prettier-ignore
    expect(() => reshape.inferShape([[2]], { shape: [1, 1, 1, 1, 1, 2] }, 'x')).toThrow('x: options.shape must be a shape of rank 0 to 5'); // prettier-ignore
  });
});
