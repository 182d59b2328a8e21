/** Gaussians on smaller images: recognised wherever they stand, and as near to the exact ones as they say. */
import { describe, expect, test } from 'vitest';
import { toFloat64 } from '../../src/core/tensor.ts';
import type { ChooseOptions } from '../../src/plan/choose-options.ts';
import { chooseGaussians } from '../../src/plan/choose.ts';
import { usesOf, type ImageProgram } from '../../src/plan/image-program.ts';
import { DEFAULT_PRICES } from '../../src/plan/prices.ts';
import { gaussianOf } from '../../src/plan/pyramid.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import { binary, operand } from '../../src/primitives/expression.ts';
import type { Linear, Primitive } from '../../src/primitives/primitive.ts';
import { exactGaussian } from '../support/run-gaussian-steps.ts';
import { runPrimitives } from '../support/run-primitives.ts';
import { TYPICAL_DEVICE } from '../../src/plan/plan.ts';
import { formOf } from './fakes/device.ts';
import { noise } from './fakes/images.ts';
import { endingIn, imageInput, primitivesOf, sharedFilter } from './fakes/linear.ts';

const [height, width] = [23, 31];
const options = (techniques: Techniques = {}): ChooseOptions => ({
  frame: formOf(width, height, 'planar420'),
  device: TYPICAL_DEVICE,
  prices: DEFAULT_PRICES,
  techniques,
  note: () => undefined,
});

/** Weights of a Gaussian, cut at `reach` σ. */
function bell(sigma: number, reach = 4): number[] {
  const radius = Math.ceil(reach * sigma);
  const values = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

const along = (
  axis: 'x' | 'y',
  sigma: number,
  input: number,
  channels = 1,
  more: Partial<Linear> = {},
): Linear => {
  const weights = bell(sigma);
  const rows = axis === 'x' ? [weights] : weights.map((weight) => [weight]);
  return sharedFilter(input, [height, width, channels], rows, more);
};

/** Along x, then along y. */
const blur = (sigmaX: number, sigmaY = sigmaX, channels = 1): ImageProgram =>
  endingIn(
    imageInput(height, width, channels),
    along('x', sigmaX, 0, channels),
    along('y', sigmaY, 1, channels),
  );

const taps = ({ values }: ImageProgram): number =>
  values.reduce((sum, value) => sum + (value.kind === 'linear' ? value.taps.length : 0), 0);
const kinds = ({ values }: ImageProgram): string[] => values.map(({ kind }) => kind);
const found = (program: ImageProgram, index = program.outputs[0]!) => {
  const uses = usesOf(program);
  return gaussianOf(program.values[index]!, program.values, (input) => uses[input] === 1);
};

describe('gaussianOf', () => {
  test('finds both axes where nobody else reads what is between', () => {
    const program = blur(3, 5);
    const both = found(program);
    expect(both?.input).toBe(0);
    expect(both?.sigmaX).toBeCloseTo(3, 3);
    expect(both?.sigmaY).toBeCloseTo(5, 3);
    const shared: Primitive = {
      kind: 'stencil',
      inputs: [1, 2],
      shape: [height, width, 1],
      expression: binary('add', operand(0), operand(1)),
    };
    const read = endingIn(...program.values, shared);
    expect(found(read, 2)).toMatchObject({ input: 1, sigmaX: 0 });
  });

  test('finds one axis alone, and two blurs of one axis as two', () => {
    expect(found(endingIn(imageInput(height, width), along('x', 3, 0)))).toMatchObject({
      input: 0,
      sigmaY: 0,
    });
    expect(found(endingIn(imageInput(height, width), along('y', 3, 0)))).toMatchObject({
      input: 0,
      sigmaX: 0,
    });
    const twice = endingIn(imageInput(height, width), along('y', 3, 0), along('y', 2, 1));
    expect(found(twice)).toMatchObject({ input: 1, sigmaX: 0 });
    expect(found(twice)?.sigmaY).toBeCloseTo(2, 3);
  });

  test('dense weights of one channel are its own', () => {
    expect(
      found(endingIn(imageInput(height, width), along('x', 3, 0, 1, { channels: 'dense' }))),
    ).not.toBeNull();
  });

  test.each<[string, Linear]>([
    ['zero edges', along('x', 3, 0, 1, { edge: 'zero' })],
    ['a bias', along('x', 3, 0, 1, { bias: Float32Array.of(0.1) })],
    ['a stride', along('x', 3, 0, 1, { strides: [1, 2], shape: [height, 16, 1] })],
    ['a middle aside', along('x', 3, 0, 1, { taps: bell(3).map((_, i) => [0, i]) })],
    ['a box', sharedFilter(0, [height, width, 1], [new Array<number>(9).fill(1 / 9)])],
    ['what was cut short', sharedFilter(0, [height, width, 1], [bell(3, 2)])],
    [
      'what does not sum to 1',
      along('x', 3, 0, 1, { weights: Float32Array.from(bell(3), (weight) => 1.1 * weight) }),
    ],
  ])('%s is none', (_name, linear) => {
    expect(found(endingIn(imageInput(height, width), linear))).toBeNull();
  });
});

describe('chooseGaussians', () => {
  const image = toFloat64(noise(height, width, 1));

  test.each([
    [1, 1],
    [2.6, 2.6],
    [4, 4],
    [8, 8],
    [16, 16],
    [40, 40],
    [5, 1],
    [12, 3],
    [3, 20],
  ])('σ %d × %d is within 2 levels of the exact one', (sigmaX, sigmaY) => {
    const chosen = chooseGaussians(blur(sigmaX, sigmaY), options());
    const { data } = runPrimitives(primitivesOf(chosen), { frame: image });
    const exact = exactGaussian({ width, height, data: image.data }, sigmaX, sigmaY).data;
    expect(data).toHaveLength(exact.length);
    expect(data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - exact[i]!)), 0)).toBeLessThan(
      2 / 255,
    );
  });

  test.each([[16, 0], [0, 16]])('σ %d × %d leaves the other axis as it is', (sigmaX, sigmaY) => {
    const program = endingIn(imageInput(height, width), along(sigmaX > 0 ? 'x' : 'y', 16, 0));
    const chosen = chooseGaussians(program, options());
    expect(kinds(chosen)).toContain('resample');
    const { data } = runPrimitives(primitivesOf(chosen), { frame: image });
    const exact = exactGaussian({ width, height, data: image.data }, sigmaX, sigmaY).data;
    expect(data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - exact[i]!)), 0)).toBeLessThan(1 / 255);
  }); // prettier-ignore

  test('a wide one shrinks first and is enlarged last, at the size it had', () => {
    const chosen = chooseGaussians(blur(16, 16, 3), options());
    expect(chosen.values[1]).toMatchObject({ kind: 'linear', channels: 'shared', edge: 'replicate' });
    expect((chosen.values[1] as Linear).strides).not.toEqual([1, 1]);
    expect(kinds(chosen).at(-1)).toBe('resample');
    expect(chosen.values.at(-1)?.shape).toEqual([height, width, 3]);
    const smallest = Math.min(...chosen.values.map(({ shape }) => shape[0]! * shape[1]!));
    expect(smallest).toBeLessThan((height * width) / 4);
    expect(taps(chosen)).toBeLessThan(taps(blur(16)) / 3);
  });

  test('a narrow one stays two lines of its own size', () => {
    expect(kinds(chooseGaussians(blur(1.5), options()))).toEqual(['input', 'linear', 'linear']);
  });

  test('one that follows another starts where that one ends', () => {
    const [input, ...first] = blur(8).values;
    const twice = endingIn(input!, ...first, along('x', 6, 2), along('y', 6, 3));
    const chosen = chooseGaussians(twice, options());
    const { data } = runPrimitives(primitivesOf(chosen), { frame: image });
    const once = exactGaussian({ width, height, data: image.data }, 8);
    const exact = exactGaussian(once, 6).data;
    expect(data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - exact[i]!)), 0)).toBeLessThan(
      3 / 255,
    );
  });

  test('forbidden, nothing is one', () => {
    const program = blur(16);
    expect(chooseGaussians(program, options({ pyramid: false }))).toBe(program);
  });
});
