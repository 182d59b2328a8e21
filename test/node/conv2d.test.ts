/** conv2d's reference on examples that can be checked by hand. */
import { describe, expect, test } from 'vitest';
import { tensor, type Tensor64 } from '../../src/core/tensor.ts';
import { identity } from '../../src/kernels/fixed.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { conv2d, type Conv2dOptions } from '../../src/ops/conv2d.ts';
import { image64, rowsOf } from './fakes/images.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;
const run = (input: Tensor64, options: Conv2dOptions): Tensor64 => conv2d.reference([input], options, facts);
const filtered = (
  image: readonly (readonly number[])[],
  weights: readonly (readonly number[])[],
  options: Omit<Conv2dOptions, 'weights'> = {},
): number[][] => rowsOf(run(image64(image), { weights: kernel(weights), ...options }));

describe("a lesson's examples, valid", () => {
  test('a cross on 3×3 gives one number', () => {
    const image = [[1, 2, 1], [0, 1, 0], [1, 0, 1]]; // prettier-ignore
    expect(filtered(image, [[1, 0, 1], [0, 1, 0], [1, 0, 1]], { padding: 'valid' })).toEqual([[5]]); // prettier-ignore
  });

  test('a vertical edge filter on 5×5 gives 3×3', () => {
    const image = [
      [1, 2, 3, 0, 1],
      [0, 1, 2, 3, 1],
      [1, 2, 1, 0, 0],
      [2, 1, 0, 1, 2],
      [0, 1, 2, 3, 1],
    ];
    const edges = [[1, 0, -1], [1, 0, -1], [1, 0, -1]]; // prettier-ignore
    expect(filtered(image, edges, { padding: 'valid' })).toEqual([
      [-4, 2, 4],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('no flip: the antidiagonal of 3×3', () => {
    const image = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]; // prettier-ignore
    expect(filtered(image, [[0, 1], [1, 0]], { padding: 'valid' })).toEqual([[6, 8], [12, 14]]); // prettier-ignore
    expect(filtered(image, [[0, 1], [0, 0]], { padding: 'valid' })).toEqual([[2, 3], [5, 6]]); // prettier-ignore
  });
});

describe('padding and edges', () => {
  const image = [[1, 2], [3, 4]]; // prettier-ignore

  test("'same' is the default of a filter, and repeats the nearest pixel", () => {
    expect(filtered(image, [[1, 1, 1]])).toEqual([[4, 5], [10, 11]]); // prettier-ignore
    expect(filtered(image, [[1, 1, 1]], { padding: 'same', edge: 'replicate' })).toEqual([[4, 5], [10, 11]]); // prettier-ignore
  });

  test("'same' with zeros outside", () => {
    expect(filtered(image, [[1, 1, 1]], { edge: 'zero' })).toEqual([[3, 3], [7, 7]]); // prettier-ignore
    expect(filtered(image, [[1], [1], [1]], { edge: 'zero' })).toEqual([[4, 6], [4, 6]]); // prettier-ignore
  });

  test("an odd one of the padding of 'same' goes to the end", () => {
    expect(filtered(image, [[1, 10]], { edge: 'zero' })).toEqual([[21, 2], [43, 4]]); // prettier-ignore
    expect(filtered(image, [[1], [10]], { edge: 'zero' })).toEqual([[31, 42], [3, 4]]); // prettier-ignore
    // Four taps: one before, two after.
    expect(filtered([[1, 2, 3]], [[1, 10, 100, 1000]], { edge: 'zero' })).toEqual([[3210, 321, 32]]);
    expect(filtered([[1, 2, 3]], [[1, 10, 100, 1000]])).toEqual([[3211, 3321, 3332]]);
  });

  test('explicit padding is top, bottom, left, right', () => {
    const padding = [[1, 0], [0, 2]] as const; // prettier-ignore
    expect(filtered(image, [[1]], { padding, edge: 'zero' })).toEqual([
      [0, 0, 0, 0],
      [1, 2, 0, 0],
      [3, 4, 0, 0],
    ]);
    expect(filtered(image, [[1]], { padding, edge: 'replicate' })).toEqual([
      [1, 2, 2, 2],
      [1, 2, 2, 2],
      [3, 4, 4, 4],
    ]);
  });

  test("a layer's own defaults are 'valid' and zero", () => {
    const weights = tensor([2, 1, 1, 1], [1, 1]);
    expect(rowsOf(run(image64(image), { weights }))).toEqual([[4, 6]]);
    expect(rowsOf(run(image64(image), { weights, padding: 'same' }))).toEqual([[4, 6], [3, 4]]); // prettier-ignore
  });

  test('a kernel larger than the image is fine with padding', () => {
    const ones = Array.from({ length: 5 }, () => [1, 1, 1, 1, 1]);
    expect(filtered([[7]], ones)).toEqual([[175]]);
    expect(filtered([[7]], ones, { edge: 'zero' })).toEqual([[7]]);
  });
});

describe('channels', () => {
  /** One pixel with the channels 1, 2, 3, … */
  const pixel = (...channels: number[]): Tensor64 => ({
    shape: [1, 1, channels.length],
    data: Float64Array.from(channels),
  });

  test('a filter takes each channel by itself, and has one bias for each', () => {
    const pair: Tensor64 = { shape: [1, 2, 3], data: Float64Array.of(1, 2, 3, 10, 20, 30) };
    const options = { weights: kernel([[1, 1]]), padding: 'valid' } as const;
    expect([...run(pair, options).data]).toEqual([11, 22, 33]);
    expect([...run(pair, { ...options, bias: Float32Array.of(0.5, 0, -1) }).data]).toEqual([11.5, 22, 32]);
  });

  test('1×1 mixes channels: [in, out], the output last', () => {
    const weights = tensor([1, 1, 2, 3], [1, 10, 100, 2, 20, 200]);
    expect(run(pixel(1, 2), { weights })).toEqual(pixel(5, 50, 500));
    const bias = Float32Array.of(1, 2, 3);
    expect(run(pixel(1, 2), { weights, bias })).toEqual(pixel(6, 52, 503));
  });

  test('a dense 1×2 layer: tap, then input, then output', () => {
    const input: Tensor64 = { shape: [1, 2, 2], data: Float64Array.of(1, 2, 3, 4) };
    const weights = tensor([1, 2, 2, 2], [1, 0, 10, 0, 100, 0, 1000, 1]);
    expect(run(input, { weights })).toEqual({ shape: [1, 1, 2], data: Float64Array.of(4321, 4) });
  });

  test('groups see only their own channels', () => {
    const weights = tensor([1, 1, 2, 2], [1, 1, 10, 10]);
    expect(run(pixel(1, 2, 3, 4), { weights, groups: 2 })).toEqual(pixel(21, 43));
  });

  test('as many groups as channels is depthwise, with a multiplier', () => {
    const weights = tensor([1, 1, 1, 4], [1, 10, 100, 1000]);
    expect(run(pixel(2, 3), { weights, groups: 2 })).toEqual(pixel(2, 20, 300, 3000));
  });
});

describe('what is refused', () => {
  const shape = [null, null, 3];
  const layer = tensor([1, 1, 3, 2], [1, 2, 3, 4, 5, 6]);
  const refused = (options: unknown, input: readonly (number | null)[] = shape) =>
    expect(() => conv2d.inferShape([input], options as Conv2dOptions, 'node 1 (conv2d)'));

  test.each([
    [{ weights: tensor([3], [1, 2, 3]) }, TypeError, 'options.weights must have the shape [height, width] or [height, width, in / groups, out], got [3]'],
    [{ weights: tensor([1, 64], new Float32Array(64)) }, RangeError, 'options.weights width must be 1 to 63, got 64'],
    [{ weights: { shape: [2, 2], data: new Float32Array(3) } }, RangeError, 'options.weights must hold 4 values, got 3'],
    [{ weights: { shape: [1, 1], data: Float32Array.of(Number.NaN) } }, TypeError, 'options.weights[0] must be a finite number, got NaN'],
    [{ weights: identity, edge: 'mirror' }, TypeError, `options.edge must be 'zero' | 'replicate' | 'reflect' | 'symmetric' | 'wrap', got "mirror"`],
    [{ weights: identity, padding: 'full' }, TypeError, `options.padding must be 'valid' | 'same' | 'same-lower' | [[begin, end], [begin, end]], got "full"`],
    [{ weights: identity, padding: [[1, 1]] }, TypeError, `options.padding must be 'valid' | 'same' | 'same-lower' | [[begin, end], [begin, end]], got [[1, 1]]`],
    [{ weights: identity, padding: [[1], [1, 1]] }, TypeError, `options.padding must be 'valid' | 'same' | 'same-lower' | [[begin, end], [begin, end]], got [[1], [1, 1]]`],
    [{ weights: identity, padding: [[0, -1], [0, 0]] }, RangeError, 'options.padding[0][1] must be 0 to 1024 px, got -1'],
    [{ weights: identity, padding: [[0, 0], [0.5, 0]] }, TypeError, 'options.padding[1][0] must be an integer, got 0.5'],
    [{ weights: identity, groups: 3 }, RangeError, 'options.groups must be 1 for a [height, width] filter, got 3'],
    [{ weights: layer, groups: 4 }, RangeError, 'options.groups must be 1 to 3, got 4'],
    [{ weights: layer, groups: 2 }, RangeError, 'options.weights have 3 input channels in 2 group(s), and the input has 3'],
    [{ weights: tensor([1, 1, 1, 2], [1, 2]), groups: 3 }, RangeError, 'the 2 output channels must divide into options.groups = 3'],
    [{ weights: layer, bias: Float32Array.of(1) }, RangeError, 'options.bias must hold 2 values, one per output channel, got 1'],
    [{ weights: layer, bias: Float32Array.of(1, Infinity) }, TypeError, 'options.bias[1] must be a finite number, got Infinity'],
    [{ weights: [[1]] }, TypeError, 'options.weights must'],
    [{}, TypeError, 'options.weights must'],
  ])('%# %j', (options, Class, message) => {
    refused(options).toThrow(Class);
    refused(options).toThrow(`node 1 (conv2d): ${message}`);
  }); // prettier-ignore

  test('an output of less than one pixel, or no image', () => {
    const weights = kernel([[1, 1, 1]]);
    refused({ weights, padding: 'valid' }, [4, 2, 3]).toThrow(
      new RangeError(
        "node 1 (conv2d): an input width of 2, padded by 0 + 0, is smaller than the window's 3; the output would have the size 0",
      ),
    );
    refused({ weights, padding: [[0, 0], [1, 0]] }, [1, 2, 3]).not.toThrow(); // prettier-ignore
    refused({ weights }, [null, 3]).toThrow(
      'node 1 (conv2d): the input must be [height, width, channels], got [?, 3]',
    );
  });

  test('an unknown side stays unknown, and others follow O = W − K + P + 1', () => {
    const infer = (options: Conv2dOptions, input: readonly (number | null)[]) =>
      conv2d.inferShape([input], options, 'x');
    expect(infer({ weights: identity }, [null, 7, 3])).toEqual([null, 7, 3]);
    const weights = tensor([3, 2, 3, 2], new Float32Array(36));
    expect(infer({ weights }, [10, 10, 3])).toEqual([8, 9, 2]);
    expect(infer({ weights, padding: 'same' }, [10, 10, 3])).toEqual([10, 10, 2]);
    expect(infer({ weights, padding: [[1, 2], [3, 4]] }, [10, 10, 3])).toEqual([11, 16, 2]); // prettier-ignore
  });
});
