/**
 * planGaussian against the exact Gaussian, in levels of 255. Run on all impulses, the steps show their weights, and
 * those bound the error for any line of pixels in 0..1: the sum of what is too much, or of what is too little.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planGaussian, type GaussianStep } from '../../src/kernels/gaussian-pyramid.ts';
import {
  costOf,
  exactGaussian,
  gaussianStepSizes,
  runGaussianSteps,
  type GrayImage,
} from '../support/run-gaussian-steps.ts';

const SIGMAS = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.6, 3, 3.3, 3.99, 4, 4.2, 4.5, 4.79, 4.8, 5.2, 6, 8, 12, 16, 25, 40, 64, 100,
  150, 200,
];
/** Where shrinking and enlarging alone have to do, the error is larger. */
const mostOff = (sigma: number) => (sigma >= 4 && sigma < 4.5 ? 1.7 : 1.05);
const HD = { width: 1280, height: 720 };

const image = (width: number, height: number, at: (x: number, y: number) => number): GrayImage => ({
  width,
  height,
  data: Float64Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))),
});

/** Row k of the result holds what each output takes of pixel k. */
const impulses = (n: number) => image(n, n, (x, y) => Number(x === y));

/** What the worst line of `n` pixels in 0..1 is off. */
function worstOfAll(sigma: number, n: number): number {
  const steps = runGaussianSteps(planGaussian(sigma, 0), impulses(n));
  const exact = exactGaussian(impulses(n), sigma, 0);
  return Math.max(
    ...Array.from({ length: n }, (_, p) => {
      let [above, below] = [0, 0];
      for (let k = 0; k < n; k++) {
        const off = steps.data[k * n + p]! - exact.data[k * n + p]!;
        if (off > 0) above += off;
        else below -= off;
      }
      return 255 * Math.max(above, below);
    }),
  );
}

const round8 = (value: number) => Math.round(value * 255) / 255;

/** Always the same numbers in 0..1 that look like noise. */
const noise = (x: number, y: number) => {
  const value = Math.sin(12.9898 * x + 78.233 * y + 1) * 43758.5453;
  return value - Math.floor(value);
};

type Pattern = (x: number, y: number, width: number, height: number) => number;
const PATTERNS: readonly Pattern[] = [
  (x, _, w) => Number(x >= w / 2),
  (x, y, w, h) => Number(x > w / 3 && y > h / 3),
  (x, y, w, h) => Number(x === w >> 1 && y === h >> 1),
  (x, y, w) => Number(x === w - 1 || y === 0),
  (x, y) => Number(x === 1 || y === 1),
  (x, y) => (x + y) & 1,
  (x, y) => ((x >> 1) + (y >> 1)) & 1,
  (x, y) => ((x >> 2) + (y >> 2)) & 1,
  (x, y) => Math.round(noise(x, y)),
  noise,
  (x, y, w, h) => (x * x + y * y) / (w * w + h * h),
  (x, y, w, h) => (x + y) / (w + h),
  (x, y, w, h) => 0.5 + (x > w / 2 ? 3 : 0) / 255 + (y > h / 2 ? 5 : 0) / 255,
  (x, y) => 0.5 + 0.5 * Math.sin(x * 0.05) * Math.cos(y * 0.07),
];
const patterns = (width: number, height: number) =>
  PATTERNS.map((pattern) => image(width, height, (x, y) => round8(pattern(x, y, width, height))));

/** All patterns' first lines as the rows of one image. */
const lines = (n: number) => image(n, PATTERNS.length, (x, y) => round8(PATTERNS[y]!(x, 0, n, 1)));

function worstDifference(a: GrayImage, b: GrayImage): number {
  return 255 * a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);
}

describe('the error', () => {
  test.each(SIGMAS)('σ %d: about a level at most for any line of 1 to 100 pixels', (sigma) => {
    for (const n of [1, 2, 3, 7, 16, 61, 100]) expect(worstOfAll(sigma, n)).toBeLessThan(mostOff(sigma));
  });

  test.each(SIGMAS)('σ %d: long lines, and at most 2 levels when each step is rounded to 8 bits', (sigma) => {
    for (const n of [641, 1280]) {
      const steps = planGaussian(sigma, 0);
      const exact = exactGaussian(lines(n), sigma, 0);
      expect(worstDifference(runGaussianSteps(steps, lines(n)), exact)).toBeLessThan(mostOff(sigma));
      expect(worstDifference(runGaussianSteps(steps, lines(n), round8), exact)).toBeLessThan(2);
    }
  });

  test.each([0.8, 2.6, 4, 4.8, 12, 25, 150])(
    'σ %d in 2D: less than a level, and than 1.5 where the full-size steps are rounded to 8 bits',
    (sigma) => {
      const steps = planGaussian(sigma);
      for (const one of [...patterns(83, 58), ...patterns(7, 1), ...patterns(2, 19)]) {
        const exact = exactGaussian(one, sigma);
        expect(worstDifference(runGaussianSteps(steps, one), exact)).toBeLessThan(1);
        const large = (i: number) => i === 0 || i >= steps.length - 2;
        const rounded = runGaussianSteps(steps, one, (value, i) => (large(i) ? round8(value) : value));
        expect(worstDifference(rounded, exact)).toBeLessThan(1.5);
      }
    },
  );

  test('any σ on any line', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 30, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        (sigma, n) => {
          expect(worstOfAll(sigma, n)).toBeLessThan(mostOff(sigma));
        },
      ),
    );
  });

  test('up to the widest: σ 1000', () => {
    expect(worstOfAll(1000, 33)).toBeLessThan(0.85);
  });
});

test('the variance is σ², and the weights sum to 1', () => {
  for (const sigma of [4.8, 6, 9, 16]) {
    const n = 400;
    const { data } = runGaussianSteps(planGaussian(sigma, 0), impulses(n));
    for (let p = 196; p < 204; p++) {
      const moment = (power: number) =>
        Array.from({ length: n }, (_, k) => data[k * n + p]! * (k - p) ** power).reduce((a, b) => a + b, 0);
      expect(moment(0)).toBeCloseTo(1, 12);
      expect(moment(1)).toBeCloseTo(0, 9);
      expect(Math.abs(moment(2) / sigma ** 2 - 1)).toBeLessThan(2e-6);
    }
  }
});

test('a flat image stays as it is', () => {
  for (const sigma of SIGMAS) {
    const flat = image(13, 9, () => 0.7);
    expect(worstDifference(runGaussianSteps(planGaussian(sigma), flat), flat)).toBeLessThan(1e-9);
  }
});

describe('the steps', () => {
  const text = (steps: readonly GaussianStep[]) =>
    steps.map((step) =>
      step.kind === 'line'
        ? `${step.axis} line ${step.weights.length}${step.stride > 1 ? ` /${step.stride}` : ''}`
        : `${step.axis} cubic ·${1 / step.scale}`,
    );

  test('lines while σ is small, then one level, then more', () => {
    expect(text(planGaussian(1))).toEqual(['x line 7', 'y line 7']);
    expect(text(planGaussian(4))).toEqual(['y line 24 /4', 'x line 24 /4', 'x cubic ·4', 'y cubic ·4']);
    expect(text(planGaussian(8, 0))).toEqual(['x line 12 /4', 'x line 13', 'x cubic ·4']);
    expect(text(planGaussian(0, 25))).toEqual(['y line 12 /4', 'y line 12 /4', 'y line 9', 'y cubic ·4', 'y cubic ·4']); // prettier-ignore
  });

  test('none for σ 0, and none for one so small that no neighbour counts', () => {
    expect(planGaussian(0)).toEqual([]);
    expect(planGaussian(0.2)).toEqual([]);
  });

  test('each axis has its own σ', () => {
    const one = image(50, 31, noise);
    const steps = planGaussian(16, 1.5);
    expect(worstDifference(runGaussianSteps(steps, one), exactGaussian(one, 16, 1.5))).toBeLessThan(0.5);
  });

  test('lines are symmetric, of at most 63 weights that are > 0 and sum to 1', () => {
    for (const sigma of [...SIGMAS, 300, 1000]) {
      for (const step of planGaussian(sigma)) {
        if (step.kind === 'cubic') continue;
        expect(step.weights.length).toBeLessThanOrEqual(63);
        expect(step.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        expect(step.weights.every((weight) => weight > 0)).toBe(true);
        step.weights.toReversed().forEach((weight, i) => expect(weight).toBeCloseTo(step.weights[i]!, 15));
      }
    }
  });

  test('the sizes between: a quarter and the margins, and in the end the image’s own', () => {
    const sizes = gaussianStepSizes(planGaussian(12, 6), { width: 1279, height: 3 });
    expect(sizes.map(({ width, height }) => `${width}×${height}`)).toEqual([
      '1279×7', '326×7', '326×7', '326×7', '1279×7', '1279×3',
    ]); // prettier-ignore
  });
});

describe('the cost, in taps per pixel of the image', () => {
  const taps = (sigma: number) => costOf(planGaussian(sigma), HD).taps;

  test('about constant once it shrinks by 4', () => {
    for (let sigma = 4; sigma < 1000; sigma *= 1.05) expect(taps(sigma)).toBeLessThan(15);
    expect(taps(100)).toBeLessThanOrEqual(1.3 * taps(8));
  });

  test('at most 58 below', () => {
    for (let sigma = 0.3; sigma < 4; sigma += 0.1) expect(taps(sigma)).toBeLessThanOrEqual(58);
  });
});

test('refused: a σ below 0, above 1000, or none', () => {
  expect(() => planGaussian(-1)).toThrow(new RangeError('sigmaX must be 0 to 1000 px, got -1'));
  expect(() => planGaussian(1, 1001)).toThrow(new RangeError('sigmaY must be 0 to 1000 px, got 1001'));
  expect(() => planGaussian(NaN)).toThrow(new TypeError('sigmaX must be a finite number, got NaN'));
});
