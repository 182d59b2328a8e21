/** Sliders: from a value to its place and back, evenly or by ratios. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareOfParam, paramAtShare, paramBeside, type ParamRange } from '../../src/graph/param-scale.ts';

const sigma: ParamRange = { min: 0.3, max: 200, step: 0.1, scale: 'log' };
const amount: ParamRange = { min: 0, max: 4, step: 0.1 };
const isOnStep = ({ min, step }: ParamRange, value: number) =>
  Math.abs((value - min) / step - Math.round((value - min) / step)) < 1e-6;

describe.each([
  ['by ratios', sigma],
  ['evenly', amount],
])('%s', (_name, range) => {
  const values = Array.from({ length: Math.round((range.max - range.min) / range.step) + 1 }, (_, i) =>
    Number((range.min + i * range.step).toPrecision(12)),
  );

  test('the ends are the ends, and nothing lies beyond', () => {
    expect([-1, 0, 1, 2].map((share) => paramAtShare(range, share))).toEqual([range.min, range.min, range.max, range.max]);
    expect([range.min, range.max].map((value) => shareOfParam(range, value))).toEqual([0, 1]);
  }); // prettier-ignore

  test('a larger value lies further on', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        const [near, far] = [Math.min(a, b), Math.max(a, b)];
        expect(paramAtShare(range, far)).toBeGreaterThanOrEqual(paramAtShare(range, near));
        expect(isOnStep(range, paramAtShare(range, a))).toBe(true);
      }),
    ); // prettier-ignore
    const shares = values.map((value) => shareOfParam(range, value));
    shares.slice(1).forEach((share, i) => expect(share).toBeGreaterThan(shares[i]!));
  });

  test('each value comes back from its place', () => {
    expect(values.map((value) => paramAtShare(range, shareOfParam(range, value)))).toEqual(values);
  });

  test('a key moves by a step at least, and never past the ends', () => {
    for (const value of values) {
      const [up, down] = [paramBeside(range, value, 0.01), paramBeside(range, value, -0.01)];
      expect(up).toBeGreaterThanOrEqual(Math.min(range.max, value + range.step - 1e-9));
      expect(down).toBeLessThanOrEqual(Math.max(range.min, value - range.step + 1e-9));
      expect(Math.min(up, down)).toBeGreaterThanOrEqual(range.min);
      expect(Math.max(up, down)).toBeLessThanOrEqual(range.max);
      expect([up, down].every((next) => isOnStep(range, next))).toBe(true);
    }
  });
});

test('by ratios, the middle is the geometric mean; evenly, the arithmetic one', () => {
  expect(paramAtShare(sigma, 0.5)).toBeCloseTo(Math.sqrt(0.3 * 200), 1);
  expect(paramAtShare(amount, 0.5)).toBe(2);
});

test('a value between two steps, as an address may hold, moves on to the steps', () => {
  expect(paramBeside(amount, 0.55, 0.001)).toBe(0.7);
  expect(paramBeside(sigma, 0.33, -0.001)).toBe(0.3);
});

test('a range without length has one place', () => {
  for (const scale of ['linear', 'log'] as const) {
    const point: ParamRange = { min: 2, max: 2, step: 1, scale };
    expect([shareOfParam(point, 2), paramAtShare(point, 0.5)]).toEqual([0, 2]);
  }
});
