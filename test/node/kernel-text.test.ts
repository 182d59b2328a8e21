/** Kernels as text: what is read, what is refused, and why. */
import { describe, expect, test } from 'vitest';
import { conv3d } from '../../pipelines/index.ts';
import { defineFilter, resolveParams } from '../../src/graph/filter.ts';
import { kernelOf } from '../../src/graph/kernel-text.ts';

const LIMITS = { maxFrames: 3, maxSide: 4 };
const read = (text: unknown) => kernelOf('weights', text, LIMITS);

describe('what is read', () => {
  test.each([
    ['7', [1, 1, 1], [7]],
    ['1 2; 3 4', [1, 2, 2], [1, 2, 3, 4]],
    ['1 2 | 3 4', [2, 1, 2], [1, 2, 3, 4]],
    [' -1,0.5 ;\n 2e-1, +3 \n|\n1 1\n1 1\n', [2, 2, 2], [-1, 0.5, 0.2, 3, 1, 1, 1, 1]],
  ])('%j', (text, shape, weights) => {
    const kernel = read(text);
    expect(kernel.shape).toEqual(shape);
    weights.forEach((weight, i) => expect(kernel.data[i]).toBeCloseTo(weight, 6));
  });
});

describe('what is refused', () => {
  test.each([
    [5, TypeError, 'weights must be a kernel as text, got 5'],
    ['', TypeError, 'weights: frame 1, row 1 must hold numbers such as 0.5 or -2, got ""'],
    ['1 | ', TypeError, 'weights: frame 2, row 1 must hold numbers such as 0.5 or -2, got ""'],
    ['1 2; 3 x', TypeError, 'weights: frame 1, row 2 must hold numbers such as 0.5 or -2, got "x"'],
    ['1 Infinity', TypeError, 'got "Infinity"'],
    ['1e39', TypeError, 'got "1e39"'],
    ['1 2; 3', RangeError, 'weights: frame 1, row 2 must have 2 weights like row 1 of frame 1, got 1'],
    ['1 2; 3 4 | 1 2', RangeError, 'weights: frame 2 must have 2 rows like frame 1, got 1'],
    ['1 | 2 | 3 | 4', RangeError, 'weights: frames must be 1 to 3, got 4'],
    ['1; 2; 3; 4; 5', RangeError, 'weights: rows must be 1 to 4, got 5'],
    ['1 2 3 4 5', RangeError, 'weights: frame 1, row 1: weights must be 1 to 4, got 5'],
  ])('%j', (text, type, message) => {
    expect(() => read(text)).toThrow(type);
    expect(() => read(text)).toThrow(message);
  });
});

test('a filter checks what it is given, and its own presets', () => {
  expect(resolveParams(conv3d, { kernel: '1 2' })['kernel']).toBe('1 2');
  expect(() => conv3d.build({ kernel: '1 two' })).toThrow('conv3d.kernel: frame 1, row 1 must hold numbers');
  expect(() => conv3d.build({ kernel: 1 })).toThrow('conv3d.kernel must be a kernel as text, got 1');
  const withPreset = (value: string) => () =>
    defineFilter({
      ...conv3d,
      params: { own: { type: 'kernel', title: 'Own', default: '1', presets: [{ title: 'odd', value }], ...LIMITS } }, // prettier-ignore
      build: () => conv3d.build(),
    });
  expect(withPreset('1; 2')).not.toThrow();
  expect(withPreset('1; 2 3')).toThrow("conv3d.own: preset 'odd': frame 1, row 2 must have 1 weights");
});
