/** recognizeGaussian: what it must know again, and what it must not take for it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { box } from '../../src/kernels/box.ts';
import { factorKernel, normalizeFactor } from '../../src/kernels/factor-kernel.ts';
import { gaussian, gaussianRow } from '../../src/kernels/gaussian.ts';
import { recognizeGaussian } from '../../src/kernels/recognize.ts';

const binomial = (n: number): number[] => {
  let line = [1];
  for (let i = 1; i < n; i++) line = [...line, 0].map((value, k) => (value + (line[k - 1] ?? 0)) / 2);
  return line;
};

describe('recognizeGaussian', () => {
  test('any σ that its taps tell, cut anywhere, in float32', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 12, noNaN: true }),
        fc.integer({ min: 1, max: 31 }),
        (sigma, radius) => {
          fc.pre(radius >= sigma);
          const found = recognizeGaussian(gaussianRow({ sigma, size: 2 * radius + 1 }).data);
          expect(found).not.toBeNull();
          expect(Math.abs(found!.sigma / sigma - 1)).toBeLessThan(1e-4);
          expect(found!.radius).toBeLessThanOrEqual(radius);
        },
      ),
    );
  });

  test('what the cut loses: 0.27 % of a continuous one at 3σ', () => {
    const wide = recognizeGaussian(gaussianRow({ sigma: 10, size: 61 }).data)!;
    expect(wide.radius).toBe(30);
    // Pixel 30 stands for all up to 30.5.
    expect(wide.lost).toBeCloseTo(0.00229, 4);
    expect(recognizeGaussian(gaussianRow({ sigma: 5, size: 7 }).data)!.lost).toBeGreaterThan(0.4);
    expect(recognizeGaussian(gaussianRow({ sigma: 1, size: 15 }).data)!.lost).toBeLessThan(1e-9);
  });

  test('with zeros at its ends', () => {
    const line = [0, 0, ...gaussianRow({ sigma: 1.5 }).data, 0, 0];
    expect(recognizeGaussian(line)).toMatchObject({ radius: 5 });
  });

  test('the lines of a 2D Gaussian after its factoring', () => {
    const { shape, data } = gaussian({ sigma: 2.5 });
    const [factor] = factorKernel({ height: shape[0]!, width: shape[1]!, weights: data });
    const { column, row, gain } = normalizeFactor(factor!)!;
    expect(gain).toBeCloseTo(1, 6);
    expect(recognizeGaussian(column)!.sigma).toBeCloseTo(2.5, 4);
    expect(recognizeGaussian(row)!.sigma).toBeCloseTo(2.5, 4);
  });

  test.each([
    ['a box', box(1, 9).data],
    ['a box with a speck', [0.2, 0.2, 0.20001, 0.2, 0.2]],
    ['a triangle', [1, 2, 3, 4, 3, 2, 1].map((value) => value / 16)],
    ['a binomial of 5', binomial(5)],
    ['a binomial of 9', binomial(9)],
    ['not normalised', [1, 2, 1]],
    ['of even length', [0.25, 0.5, 0.25, 0]],
    ['skewed', [0.2, 0.5, 0.3]],
    ['off its centre', [0, ...gaussianRow({ sigma: 1 }).data, 0, 0, 0]],
    ['with weights below 0', [-0.1, 1.2, -0.1]],
    ['nothing in the centre', [0.5, 0, 0.5]],
    ['a valley', [0.4, 0.2, 0.4]],
    ['one pixel', [1]],
    ['one pixel among zeros', [0, 1, 0]],
    ['zeros', [0, 0, 0]],
    ['nothing', []],
  ])('not %s', (_, line) => {
    expect(recognizeGaussian(line)).toBeNull();
  });

  test('three symmetric weights are always one', () => {
    expect(recognizeGaussian([0.25, 0.5, 0.25])!.sigma).toBeCloseTo(Math.sqrt(0.5 / Math.log(2)), 9);
  });

  test('up to a quarter of a level off, and no more', () => {
    const line = Array.from(gaussianRow({ sigma: 3 }).data);
    const bent = (by: number) => line.map((value, i) => value + (i % 2 === 0 ? by : -by) / line.length);
    expect(recognizeGaussian(bent(0.2 / 255))).not.toBeNull();
    expect(recognizeGaussian(bent(0.3 / 255))).toBeNull();
  });
});
