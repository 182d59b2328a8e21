/** The convolutions: lessons' numbers, laws, and that each lowering says what its reference says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf, tensor, type Shape, type Tensor, type Tensor64 } from '../../src/core/tensor.ts';
import { convTranspose1d, convTranspose2d, convTranspose3d } from '../../src/ops/conv-transpose.ts';
import { conv1d } from '../../src/ops/conv1d.ts';
import { conv2d } from '../../src/ops/conv2d.ts';
import { conv3d } from '../../src/ops/conv3d.ts';
import { deformConv2d } from '../../src/ops/deform-conv2d.ts';
import { depthwiseConv2d } from '../../src/ops/depthwise-conv2d.ts';
import { convolutionOps } from '../../src/ops/families/convolution.ts';
import type { Op } from '../../src/ops/op.ts';
import { separableConv2d } from '../../src/ops/separable-conv2d.ts';
import type { Padding } from '../../src/ops/window-geometry.ts';
import { EDGE_MODES } from '../../src/primitives/primitive.ts';
import { loweredProgram, runLowered } from '../support/run-primitives.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;

/** Whole numbers in −9..9, the same in every run: sums of products of them are exact. */
function whole(shape: Shape, seed = 1): Tensor64 {
  let state = seed * 7919 + 13;
  const data = Float64Array.from({ length: sizeOf(shape) }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (Math.floor(state / 65536) % 19) - 9;
  });
  return { shape, data };
}

const weightsOf = (shape: Shape, seed = 2): Tensor => tensor(shape, whole(shape, seed).data);
const biasOf = (length: number, seed = 3): Float32Array => Float32Array.from(whole([length], seed).data);
const plain = ({ shape, data }: Tensor64) => ({ shape, data: [...data].map((value) => value + 0) });

function run<Options>(op: Op<Options>, inputs: readonly Tensor64[], options: Options): Tensor64 {
  return op.reference(inputs, options, facts);
}

/** The reference's result, which the lowering has as well. */
function both<Options>(op: Op<Options>, inputs: readonly Tensor64[], options: Options): Tensor64 {
  const expected = run(op, inputs, options);
  const lowered = runLowered(op, inputs, options);
  expect(lowered.shape).toEqual(expected.shape);
  expected.data.forEach((value, i) => {
    expect(lowered.data[i], `element ${i}`).toBeCloseTo(value, 6);
  });
  return expected;
}

const shapeOf = <Options>(op: Op<Options>, input: readonly (number | null)[], options: Options) =>
  op.inferShape([input], options, op.name);
const layerOf = <Options>(op: Op<Options>, input: Shape, options: Options) =>
  op.layer?.([input], options, shapeOf(op, input, options) as Shape);

describe("the lessons' numbers", () => {
  test('Conv2D(32, 3×3) on 28×28×1: 26×26×32, 320 parameters', () => {
    const options = { weights: weightsOf([3, 3, 1, 32]), bias: biasOf(32), activation: 'relu' } as const;
    expect(shapeOf(conv2d, [28, 28, 1], options)).toEqual([26, 26, 32]);
    expect(layerOf(conv2d, [28, 28, 1], options)).toEqual({
      parameters: 320,
      macs: 26 * 26 * 32 * 9,
      window: { extent: [3, 3], stride: [1, 1] },
    });
  });

  test('3×3 from 32 to 64: 18,432 parameters; depthwise separable: 2,336', () => {
    expect(layerOf(conv2d, [8, 8, 32], { weights: weightsOf([3, 3, 32, 64]) })?.parameters).toBe(18432);
    const separable = { weights: weightsOf([3, 3, 32, 1]), pointwiseWeights: weightsOf([32, 64]) };
    const facts64 = layerOf(separableConv2d, [8, 8, 32], separable);
    expect(facts64?.parameters).toBe(2336);
    expect(facts64?.macs).toBe(36 * 2336);
  });

  test('Conv2d(3, 16, 3, stride 1, padding 1) keeps 32×32', () => {
    const padding = [[1, 1], [1, 1]] as const; // prettier-ignore
    expect(shapeOf(conv2d, [32, 32, 3], { weights: weightsOf([3, 3, 3, 16]), padding })).toEqual([
      32, 32, 16,
    ]);
  });

  test('(W − K + 2P) / S + 1, rounded down', () => {
    const padding = [[1, 1], [1, 1]] as const; // prettier-ignore
    const options = { weights: weightsOf([3, 3, 1, 1]), padding, strides: 2 };
    expect(shapeOf(conv2d, [7, 8, 1], options)).toEqual([4, 4, 1]);
    expect(shapeOf(conv2d, [7, 8, 1], { ...options, strides: [1, 3] })).toEqual([7, 3, 1]);
  });

  test('a 3×3 with dilation 2 sees 5×5', () => {
    const options = { weights: weightsOf([3, 3, 1, 1]), dilations: 2 };
    expect(layerOf(conv2d, [9, 9, 1], options)?.window).toEqual({ extent: [5, 5], stride: [1, 1] });
    expect(shapeOf(conv2d, [5, 5, 1], options)).toEqual([1, 1, 1]);
  });

  test('transposed: 2×2 with strides 2 becomes 4×4, each pixel a stamp', () => {
    const input: Tensor64 = { shape: [2, 2, 1], data: Float64Array.of(1, 2, 3, 4) };
    const weights = tensor([2, 2, 1, 1], [1, 10, 100, 1000]);
    const output = both(convTranspose2d, [input], { weights, strides: 2 });
    expect(output.shape).toEqual([4, 4, 1]);
    expect([...output.data]).toEqual([
      1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000,
    ]);
  });

  test('transposed: stamps that overlap add up', () => {
    const input: Tensor64 = { shape: [2, 1], data: Float64Array.of(1, 10) };
    const output = both(convTranspose1d, [input], { weights: tensor([3, 1, 1], [1, 2, 3]), strides: 2 });
    expect([...output.data]).toEqual([1, 2, 13, 20, 30]);
  });

  test("ConvTranspose2D(32, 3×3, strides 2, 'same') doubles 16×16", () => {
    const options = { weights: weightsOf([3, 3, 32, 8]), strides: 2, padding: 'same' } as const;
    expect(shapeOf(convTranspose2d, [16, 16, 8], options)).toEqual([32, 32, 32]);
    expect(shapeOf(convTranspose2d, [null, null, 8], options)).toEqual([null, null, 32]);
  });

  test('same: ⌈in / stride⌉, the odd one at the end, or at the begin', () => {
    const input: Tensor64 = { shape: [5, 1], data: Float64Array.of(1, 2, 3, 4, 5) };
    const options = { weights: tensor([2, 1, 1], [1, 10]), strides: 2 };
    expect([...both(conv1d, [input], { ...options, padding: 'same' }).data]).toEqual([21, 43, 5]);
    expect([...both(conv1d, [input], { ...options, padding: 'same-lower' }).data]).toEqual([10, 32, 54]);
  });
});

describe('every lowering says what its reference says', () => {
  const paddings2d: Padding[] = ['valid', 'same', 'same-lower', [[2, 0], [1, 3]]]; // prettier-ignore
  const steps = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
  const window = fc.record({
    strides: steps,
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.constantFrom(...paddings2d),
  });
  const edges = fc.constantFrom(...EDGE_MODES);

  test('conv2d, layers with groups, every edge', () => {
    const sizes = fc.record({ groups: fc.constantFrom(1, 2), kh: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(window, edges, sizes, (options, edge, { groups, kh }) => {
        const weights = weightsOf([kh, 2, 4 / groups, 6]);
        both(conv2d, [whole([5, 6, 4])], { ...options, edge, groups, weights, bias: biasOf(6) });
      }),
      { numRuns: 60 },
    );
  });

  test('conv2d, filters', () => {
    fc.assert(
      fc.property(window, edges, (options, edge) => {
        both(conv2d, [whole([5, 6, 3])], { ...options, edge, weights: weightsOf([3, 2]), bias: biasOf(3) });
      }),
      { numRuns: 40 },
    );
  });

  test('depthwise and separable', () => {
    fc.assert(
      fc.property(window, edges, (options, edge) => {
        const weights = weightsOf([3, 2, 3, 2]);
        both(depthwiseConv2d, [whole([5, 6, 3])], { ...options, edge, weights, bias: biasOf(6) });
        const pointwiseWeights = weightsOf([1, 1, 6, 5], 4);
        both(separableConv2d, [whole([5, 6, 3])], {
          ...options,
          edge,
          weights,
          pointwiseWeights,
          bias: biasOf(5),
        });
      }),
      { numRuns: 30 },
    );
  });

  test('conv3d and convTranspose3d', () => {
    const options = { strides: [2, 1, 2], dilations: [1, 2, 1], groups: 2 };
    const padding: Padding = [[1, 0], [1, 2], [0, 1]]; // prettier-ignore
    both(conv3d, [whole([3, 4, 5, 4])], {
      ...options,
      padding,
      edge: 'reflect',
      weights: weightsOf([2, 2, 3, 2, 4]),
    });
    both(conv3d, [whole([3, 4, 5, 2])], { weights: weightsOf([3, 3, 1]) });
    both(convTranspose3d, [whole([3, 4, 2, 4])], {
      ...options,
      padding,
      weights: weightsOf([2, 2, 3, 3, 4]),
    });
  });

  test('convTranspose2d: strides, dilations, groups, padding, outputPadding', () => {
    const transposed = fc.record({
      strides: steps,
      dilations: steps,
      groups: fc.constantFrom(1, 2),
      padding: fc.constantFrom<Padding>('valid', 'same', 'same-lower', [[1, 0], [0, -1]]), // prettier-ignore
      extra: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(transposed, ({ extra, ...options }) => {
        const outputPadding = options.strides.map((stride) => Math.min(extra, stride - 1));
        const weights = weightsOf([3, 2, 3, 4]);
        const bias = biasOf(3 * options.groups);
        both(convTranspose2d, [whole([3, 4, 4])], { ...options, outputPadding, weights, bias });
      }),
      { numRuns: 60 },
    );
  });

  test('deformConv2d: groups, offset groups, with a mask and without', () => {
    for (const [groups, offsetGroups] of [
      [1, 1],
      [2, 1],
      [1, 2],
      [2, 4],
    ] as const) {
      // prettier-ignore
      const options = { strides: [1, 2], dilations: [2, 1], padding: [[1, 1], [0, 2]], groups, offsetGroups } as const; // prettier-ignore
      const layer = { ...options, weights: weightsOf([2, 3, 4 / groups, 4]), bias: biasOf(4) };
      const offsets = whole([5, 3, offsetGroups * 12], 5);
      const quarters: Tensor64 = { ...offsets, data: offsets.data.map((value) => value / 4) };
      const mask = whole([5, 3, offsetGroups * 6], 6);
      both(deformConv2d, [whole([5, 5, 4]), quarters], layer);
      both(deformConv2d, [whole([5, 5, 4]), quarters, mask], layer);
    }
  });

  test('a fused activation comes after the bias', () => {
    const input: Tensor64 = { shape: [3, 1], data: Float64Array.of(-2, 1, 3) };
    const options = {
      weights: tensor([1, 1, 1], [1]),
      bias: Float32Array.of(-2),
      activation: 'relu',
    } as const;
    expect([...both(conv1d, [input], options).data]).toEqual([0, 0, 1]);
    both(convTranspose1d, [input], options);
    both(conv2d, [whole([3, 3, 2])], { weights: weightsOf([2, 2, 2, 2]), activation: { name: 'leakyRelu', alpha: 0.25 } }); // prettier-ignore
  });
});

describe('laws', () => {
  const dot = (a: Tensor64, b: Tensor64): number =>
    a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);

  test('adjoint: ⟨conv x, y⟩ = ⟨x, convᵀ y⟩ with the same weights', () => {
    const options = fc.record({
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
      groups: fc.constantFrom(1, 2),
      padding: fc.constantFrom<Padding>('valid', 'same', 'same-lower', [[1, 2], [0, 1]]), // prettier-ignore
    });
    fc.assert(
      fc.property(options, (window) => {
        const x = whole([6, 7, 4]);
        const weights = weightsOf([3, 2, 4 / window.groups, 6]);
        const forward = run(conv2d, [x], { ...window, weights });
        const y = whole(forward.shape, 9);
        const outputShape = [6, 7];
        // conv's [kh, kw, in / groups, out] is the transposed layer's [kh, kw, out / groups, in].
        const back = run(convTranspose2d, [y], { ...adjointPadding(window.padding, window, forward.shape), weights, groups: window.groups, outputShape }); // prettier-ignore
        expect(dot(x, back)).toBe(dot(forward, y));
      }),
    );
  });

  /** 'same' depends on the input's size, which its adjoint does not see: its begins, as numbers. */
  function adjointPadding(
    padding: Padding,
    window: Readonly<{ strides: readonly number[]; dilations: readonly number[] }>,
    output: Shape,
  ) {
    // prettier-ignore
    const { strides, dilations } = window;
    if (padding !== 'same' && padding !== 'same-lower') return { strides, dilations, padding };
    const begins = [6, 7].map((size, axis) => {
      const effective = ([3, 2][axis]! - 1) * dilations[axis]! + 1;
      const total = Math.max(0, (output[axis]! - 1) * strides[axis]! + effective - size);
      return [padding === 'same' ? Math.floor(total / 2) : Math.ceil(total / 2), 0] as const;
    });
    return { strides, dilations, padding: begins };
  }

  test('strides take every s-th place of the result without them', () => {
    const weights = weightsOf([3, 2, 2, 3]);
    const all = run(conv2d, [whole([8, 9, 2])], { weights });
    const some = run(conv2d, [whole([8, 9, 2])], { weights, strides: [2, 3] });
    const [height, width] = some.shape as readonly [number, number];
    const picked = Array.from({ length: height * width * 3 }, (_, i) => {
      const [y, x, o] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3];
      return all.data[(y * 2 * all.shape[1]! + x * 3) * 3 + o]!;
    });
    expect([...some.data]).toEqual(picked);
  });

  test('a kernel of rank 1 is a separable layer, and its row after its column', () => {
    const [column, row] = [[1, 2, -1], [3, 0, 1]]; // prettier-ignore
    const outer = column.flatMap((a) => row.map((b) => a * b));
    const input = whole([6, 7, 1]);
    const full = run(conv2d, [input], { weights: tensor([3, 3, 1, 1], outer) });
    const separable = { weights: tensor([3, 3, 1, 1], outer), pointwiseWeights: tensor([1, 1], [1]) };
    expect(run(separableConv2d, [input], separable)).toEqual(full);
    const down = run(conv1d, [input], { weights: tensor([3, 1, 1], column), axis: 'y' });
    expect(plain(run(conv1d, [down], { weights: tensor([3, 1, 1], row), axis: 'x' }))).toEqual(plain(full));
  });

  test('separable is the dense layer of W(k, c, m) · P(c · M + m, o)', () => {
    const [depthwise, pointwise] = [weightsOf([2, 2, 3, 2]), weightsOf([6, 4], 4)];
    const dense = new Float32Array(2 * 2 * 3 * 4);
    for (let i = 0; i < dense.length; i++) {
      const [tap, c, o] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4];
      for (const m of [0, 1]) dense[i]! += depthwise.data[(tap * 3 + c) * 2 + m]! * pointwise.data[(c * 2 + m) * 4 + o]!; // prettier-ignore
    }
    const options = { strides: 2, padding: 'same' } as const;
    const expected = run(conv2d, [whole([5, 5, 3])], { ...options, weights: tensor([2, 2, 3, 4], dense) });
    const got = run(separableConv2d, [whole([5, 5, 3])], { ...options, weights: depthwise, pointwiseWeights: pointwise }); // prettier-ignore
    expect(plain(got)).toEqual(plain(expected));
  });

  test('depthwise is a layer with as many groups as channels', () => {
    const weights = weightsOf([3, 3, 4, 2]);
    const layer = { weights: tensor([3, 3, 1, 8], weights.data), groups: 4 };
    expect(run(depthwiseConv2d, [whole([5, 5, 4])], { weights })).toEqual(
      run(conv2d, [whole([5, 5, 4])], layer),
    );
  });

  test('offsets of zero: deformable is a convolution; whole offsets: a shifted one; masks weigh', () => {
    const options = { weights: weightsOf([3, 3, 2, 4]), groups: 2, padding: 'same' } as const;
    const input = whole([5, 6, 4]);
    const zeros: Tensor64 = { shape: [5, 6, 18], data: new Float64Array(5 * 6 * 18) };
    const convolved = run(conv2d, [input], options);
    expect(plain(run(deformConv2d, [input, zeros], options))).toEqual(plain(convolved));
    const ones: Tensor64 = { shape: [5, 6, 9], data: new Float64Array(5 * 6 * 9).fill(2) };
    const doubled = { ...convolved, data: convolved.data.map((value) => 2 * value) };
    expect(plain(run(deformConv2d, [input, zeros, ones], options))).toEqual(plain(doubled));
    const right = { ...zeros, data: zeros.data.map((_, i) => i % 2) };
    const shifted = run(conv2d, [input], { ...options, padding: [[1, 1], [0, 2]] }); // prettier-ignore
    expect(plain(run(deformConv2d, [input, right], options))).toEqual(plain(shifted));
  });
});

describe('how it lowers', () => {
  test('transposed: one linear with the strides as its upsampling', () => {
    const { values } = loweredProgram(convTranspose2d, [[4, 4, 2]], { weights: weightsOf([3, 3, 5, 2]), strides: [2, 3], padding: 'same' }); // prettier-ignore
    expect(values.map(({ kind }) => kind)).toEqual(['input', 'linear']);
    expect(values[1]).toMatchObject({ upsample: [2, 3], strides: [1, 1], shape: [8, 12, 5], edge: 'zero' });
  });

  test('along x, an image is read along x alone', () => {
    const { values } = loweredProgram(conv1d, [[4, 5, 1]], { weights: weightsOf([3]) });
    expect(values[1]).toMatchObject({ taps: [[0, -1], [0, 0], [0, 1]], channels: 'shared', edge: 'replicate' }); // prettier-ignore
  });

  test('the table has each op under its own name', () => {
    for (const [name, op] of Object.entries(convolutionOps)) expect(op.name).toBe(name);
  });
});

describe('what is refused, and how it says so', () => {
  const layer = weightsOf([3, 3, 2, 4]);
  const two = weightsOf([2, 2, 2, 4]);
  const cases: readonly (readonly [keyof typeof convolutionOps, readonly (readonly (number | null)[])[], unknown, ErrorConstructor, string])[] = [ // prettier-ignore
    ['conv2d', [[2, 9, 2]], { weights: layer }, RangeError, "node 4: an input height of 2, padded by 0 + 0, is smaller than the window's 3; the output would have the size 0"],
    ['conv2d', [[9, 9, 2]], { weights: layer, dilations: 5 }, RangeError, "an input height of 9, padded by 0 + 0, is smaller than the window's 11"],
    ['conv2d', [[9, 9, 2]], { weights: layer, strides: 0 }, RangeError, 'options.strides must be 1 to 1024, got 0'],
    ['conv2d', [[9, 9, 2]], { weights: layer, strides: [1] }, TypeError, 'options.strides must be a number or an array of 2, got [1]'],
    ['conv2d', [[9, 9, 2]], { weights: layer, dilations: [1, 1.5] }, TypeError, 'options.dilations[1] must be an integer, got 1.5'],
    ['conv2d', [[9, 9, 2]], { weights: layer, padding: 'full' }, TypeError, `options.padding must be 'valid' | 'same' | 'same-lower' | [[begin, end], [begin, end]], got "full"`],
    ['conv2d', [[9, 9, 2]], { weights: layer, edge: 'mirror' }, TypeError, `options.edge must be 'zero' | 'replicate' | 'reflect' | 'symmetric' | 'wrap', got "mirror"`],
    ['conv2d', [[9, 9, 3]], { weights: layer }, RangeError, 'options.weights have 2 input channels in 1 group(s), and the input has 3'],
    ['conv2d', [[9, 9, 2]], { weights: layer, bias: Float32Array.of(1) }, RangeError, 'options.bias must hold 4 values, one per output channel, got 1'],
    ['conv2d', [[9, 9, 2]], { weights: layer, bias: [1, 2, 3, 4] }, TypeError, 'options.bias must be a Float32Array, got [1, 2, 3, 4]'],
    ['conv2d', [[9, 9, 2]], { weights: weightsOf([64, 1, 2, 1]) }, RangeError, 'options.weights height must be 1 to 63, got 64'],
    ['conv2d', [[9, 9, 1]], { weights: weightsOf([1, 1, 1, 1025]) }, RangeError, 'the output channels of options.weights must be 1 to 1024, got 1025'],
    ['conv2d', [[9, 9, 1025]], { weights: weightsOf([1, 1, 1025, 1]) }, RangeError, "the input's channels must be 1 to 1024, got 1025"],
    ['conv2d', [[9, 9, 2]], { weights: layer, activation: 'rleu' }, TypeError, 'options.activation'],
    ['conv1d', [[9, 2]], { weights: weightsOf([3]), axis: 'x' }, TypeError, 'options.axis is for images'],
    ['conv1d', [[9, 9, 2]], { weights: weightsOf([3]), axis: 'z' }, TypeError, `options.axis must be 'x' | 'y', got "z"`],
    ['conv1d', [[9]], { weights: weightsOf([3]) }, TypeError, 'the input must be [length, channels], [height, width, channels] or [frames, height, width, channels], got [9]'],
    ['conv3d', [[9, 9, 2]], { weights: weightsOf([1, 1, 1]) }, TypeError, 'the input must be [frames, height, width, channels], got [9, 9, 2]'],
    ['depthwiseConv2d', [[9, 9, 3]], { weights: layer }, RangeError, 'options.weights have 2 channels, and the input has 3'],
    ['separableConv2d', [[9, 9, 2]], { weights: layer, pointwiseWeights: weightsOf([7, 4]) }, RangeError, 'options.pointwiseWeights must take the 8 channels of the depthwise part, got 7'],
    ['separableConv2d', [[9, 9, 2]], { weights: layer, pointwiseWeights: weightsOf([1, 2, 8, 4]) }, RangeError, 'options.pointwiseWeights must be 1×1, got 1×2'],
    ['convTranspose2d', [[9, 9, 4]], { weights: two, outputPadding: 1 }, RangeError, 'options.outputPadding[0] must be below the stride or the dilation, that is < 1, got 1'],
    ['convTranspose2d', [[9, 9, 3]], { weights: two }, RangeError, 'options.weights have 4 input channels, and the input has 3'],
    ['convTranspose2d', [[9, 9, 4]], { weights: two, groups: 3 }, RangeError, 'the 4 input channels must divide into options.groups = 3'],
    ['convTranspose2d', [[1, 1, 4]], { weights: two, padding: [[1, 1], [0, 0]] }, RangeError, 'options.padding takes all of the output height'], // prettier-ignore
    ['deformConv2d', [[9, 9, 2]], { weights: layer }, TypeError, 'the inputs must be [image, offsets] or [image, offsets, mask], got 1'],
    ['deformConv2d', [[9, 9, 2], [7, 7, 17]], { weights: layer }, RangeError, 'the offsets must have the shape [7, 7, 18], got [7, 7, 17]'], // prettier-ignore
    ['deformConv2d', [[9, 9, 2], [7, 7, 18], [7, 6, 9]], { weights: layer }, RangeError, 'the mask must have the shape [7, 7, 9], got [7, 6, 9]'], // prettier-ignore
    ['deformConv2d', [[9, 9, 2], [7, 7, 18]], { weights: layer, offsetGroups: 3 }, RangeError, 'options.offsetGroups must be 1 to 2, got 3'], // prettier-ignore
  ]; // prettier-ignore

  test.each(cases)('%s %j', (name, inputs, options, type, message) => {
    const infer = (): unknown => (convolutionOps[name] as Op<unknown>).inferShape(inputs, options, 'node 4');
    expect(infer).toThrow(type);
    expect(infer).toThrow(message);
    expect(infer).toThrow('node 4');
  });
});
