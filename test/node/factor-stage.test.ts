/** Kernels of low rank become filters along the axes that compute the same; others stay. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toFloat64 } from '../../src/core/tensor.ts';
import type { ChooseOptions } from '../../src/plan/choose-options.ts';
import { chooseFactors } from '../../src/plan/choose.ts';
import { factorsOf, gridOf } from '../../src/plan/factor.ts';
import { lineOf, type ImageProgram } from '../../src/plan/image-program.ts';
import { DEFAULT_PRICES } from '../../src/plan/prices.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import type { Linear } from '../../src/primitives/primitive.ts';
import { runPrimitives } from '../support/run-primitives.ts';
import { TYPICAL_DEVICE } from '../../src/plan/plan.ts';
import { formOf } from './fakes/device.ts';
import { noise } from './fakes/images.ts';
import { endingIn, imageInput, outerProduct, primitivesOf, sharedFilter } from './fakes/linear.ts';

const [height, width] = [9, 11];
const options = (
  techniques: Techniques = {},
  size: readonly [number, number] = [1280, 720],
): ChooseOptions => ({
  frame: formOf(size[0], size[1], 'planar420'),
  device: TYPICAL_DEVICE,
  prices: DEFAULT_PRICES,
  techniques,
  note: () => undefined,
});

/** The program of one kernel on an image of the frame's size. */
function ofKernel(
  rows: readonly (readonly number[])[],
  more: Partial<Linear> = {},
  channels = 1,
): ImageProgram {
  const shape = [height, width, channels];
  return endingIn(imageInput(height, width, channels), sharedFilter(0, shape, rows, more));
}

/** The same at the size of a real frame, for what prices decide. */
function large(rows: readonly (readonly number[])[], channels = 1): ImageProgram {
  return endingIn(imageInput(720, 1280, channels), sharedFilter(0, [720, 1280, channels], rows));
}

const run = (program: ImageProgram, channels = 1) =>
  runPrimitives(primitivesOf(program), { frame: toFloat64(noise(height, width, channels)) }).data;

function expectSame(program: ImageProgram, chosen: ImageProgram, channels = 1): void {
  const [expected, got] = [run(program, channels), run(chosen, channels)];
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6);
  });
}

const filters = ({ values }: ImageProgram): Linear[] => values.filter((value) => value.kind === 'linear');

const line = (length: number) =>
  fc.array(fc.constantFrom(-1, 1, 2, 0.5), { minLength: length, maxLength: length });
const sizes = fc.tuple(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 2, max: 7 }));
const ofRank = (rank: number): fc.Arbitrary<number[][]> =>
  sizes.chain(([h, w]) =>
    fc.array(fc.tuple(line(h), line(w)), { minLength: rank, maxLength: rank }).map((pairs) =>
      pairs
        .map(([column, row]) => outerProduct(column, row))
        .reduce((sum, one) => sum.map((values, y) => values.map((value, x) => (value + one[y]![x]!) / 4)), outerProduct(new Array<number>(h).fill(0), new Array<number>(w).fill(0))),
    ),
  ); // prettier-ignore

describe('chooseFactors', () => {
  test.each([1, 2])('a kernel of rank %i becomes lines, and computes the same at every border', (rank) => {
    fc.assert(
      fc.property(
        ofRank(rank),
        fc.constantFrom('zero' as const, 'replicate' as const),
        fc.constantFrom(1, 3),
        fc.boolean(),
        (rows, edge, channels, hasBias) => {
          const bias = hasBias ? Float32Array.from({ length: channels }, (_, i) => 0.25 - i) : null;
          const program = ofKernel(rows, { edge, bias }, channels);
          const chosen = chooseFactors(program, options({ separate: true }));
          const lines = filters(chosen).filter(({ taps }) => taps.length > 1);
          expect(lines.every((linear) => lineOf(linear) !== null)).toBe(true);
          expect(lines.length).toBeLessThanOrEqual(2 * rank);
          expectSame(program, chosen, channels);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('the rows come first, with a sum of 1 where they have one, so that 8 bits can hold a mean', () => {
    const rows = outerProduct([0.5, 1, 1], [2, 4, 2]);
    const [across, down] = filters(chooseFactors(ofKernel(rows), options({ separate: true })));
    expect([across, down].map((linear) => lineOf(linear!)?.axis)).toEqual(['x', 'y']);
    [0.25, 0.5, 0.25].forEach((weight, i) => expect(across!.weights[i]).toBeCloseTo(weight, 6));
    [4, 8, 8].forEach((weight, i) => expect(down!.weights[i]).toBeCloseTo(weight, 5));
  });

  test('an output that is higher or narrower than its input keeps its size', () => {
    const rows = outerProduct([1, 2, 1], [1, 0, -1]);
    for (const shape of [
      [height - 2, width - 2, 1],
      [height + 3, width + 4, 1],
    ]) {
      const program = endingIn(imageInput(height, width), sharedFilter(0, shape, rows, { edge: 'zero' })); // prettier-ignore
      const chosen = chooseFactors(program, options({ separate: true }));
      expect(filters(chosen)).toHaveLength(2);
      expect(chosen.values[chosen.outputs[0]!]?.shape).toEqual(shape);
      expectSame(program, chosen);
    }
  });

  const box9 = outerProduct(new Array<number>(9).fill(1 / 9), new Array<number>(9).fill(1 / 9));
  const cornered = Array.from({ length: 9 }, (_, y) => Array.from({ length: 9 }, (_, x) => Math.cos(y * y + 3 * x * x + x * y) / 81)); // prettier-ignore
  const sobel = outerProduct([1, 2, 1], [-1, 0, 1]);

  test('by prices, a large kernel of rank 1 is factored, a small one and one of full rank are not', () => {
    const isFactored = (rows: readonly (readonly number[])[], channels = 1) =>
      filters(chooseFactors(large(rows, channels), options())).length > 1;
    expect([isFactored(box9), isFactored(box9, 3)]).toEqual([true, true]);
    expect([isFactored(sobel), isFactored(cornered), isFactored(cornered, 3)]).toEqual([false, false, false]);
  });

  test('forbidden, nothing is', () => {
    const program = large(box9);
    expect(chooseFactors(program, options({ separate: false }))).toBe(program);
  });

  test.each<[string, ImageProgram]>([
    ['of one axis', ofKernel([[1, 2, 3, 4, 5]])],
    ['of weights per channel', endingIn(imageInput(height, width, 2), sharedFilter(0, [height, width, 1], [[1, 2], [2, 4]], { channels: 'dense', weights: new Float32Array(8).fill(1) }))],
    ['with a stride', ofKernel([[1, 2], [2, 4]], { strides: [2, 2], shape: [5, 6, 1] })],
    ['between zeros', ofKernel([[1, 2], [2, 4]], { upsample: [2, 2] })],
    ['too large to look at', ofKernel(outerProduct(new Array<number>(64).fill(1), [1, 1]))],
    ['of nothing', ofKernel([[0, 0], [0, 0]])],
  ])('a kernel %s stays', (_name, program) => {
    expect(chooseFactors(program, options({ separate: true })).values).toEqual(program.values);
  }); // prettier-ignore

  test('dense weights of one channel are weights like others', () => {
    const program = ofKernel(box9, { channels: 'dense' });
    const chosen = chooseFactors(program, options({ separate: true }));
    expect(filters(chosen)).toHaveLength(2);
    expectSame(program, chosen);
  });
});

describe('gridOf', () => {
  test('has a place for every tap, and adds those that meet', () => {
    const grid = gridOf({ taps: [[-2, 1], [0, 3], [0, 3]], weights: Float32Array.of(5, 7, 2) }); // prettier-ignore
    expect(grid).toEqual({
      top: -2,
      left: 1,
      height: 3,
      width: 3,
      weights: Float64Array.of(5, 0, 0, 0, 0, 0, 0, 0, 9),
    });
  });

  test('a kernel aside of its pixel is factored where it lies', () => {
    const program = ofKernel(outerProduct([1, 2], [3, 1]), { taps: [[4, -3], [4, -2], [5, -3], [5, -2]] }); // prettier-ignore
    const chosen = chooseFactors(program, options({ separate: true }));
    expect(filters(chosen).map(({ taps }) => taps)).toEqual([[[0, -3], [0, -2]], [[4, 0], [5, 0]]]); // prettier-ignore
    expectSame(program, chosen);
  });

  test('factors of a line, or of nothing, are null', () => {
    expect(factorsOf(sharedFilter(0, [9, 9, 1], [[1, 2, 1]]))).toBeNull();
    expect(factorsOf(sharedFilter(0, [9, 9, 1], [[0, 0], [0, 0]]))).toBeNull(); // prettier-ignore
  });
});
