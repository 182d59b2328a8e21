/** Weights over seconds: against the integrals they stand for, and on frames that come when they like. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporalWeights, TEMPORAL_SHAPES, type TemporalWindow } from '../../src/kernels/temporal-window.ts'; // prettier-ignore

const window = (
  shape: TemporalWindow['shape'],
  ms: number,
  centered = shape === 'derivative',
): TemporalWindow => ({
  shape,
  ms,
  centered,
});

const WINDOWS = [
  ...TEMPORAL_SHAPES.map((shape) => window(shape, 200)),
  window('gaussian', 200, true),
  window('box', 45),
] as const;

/** Frames whose distances vary, at least 1 ms: ages, the newest first. */
const irregular = fc
  .array(fc.double({ min: 1, max: 90, noNaN: true }), { minLength: 0, maxLength: 31 })
  .map((distances) => {
    const ages = [0];
    for (const distance of distances) ages.push(ages.at(-1)! + distance);
    return ages;
  });

const sum = (values: Iterable<number>): number => [...values].reduce((total, one) => total + one, 0);
const applied = (weights: Float64Array, value: (age: number) => number, ages: readonly number[]): number =>
  sum(ages.map((age, k) => weights[k]! * value(age)));

/** The kernel, as its name says it; not scaled. */
function kernel({ shape, ms, centered }: TemporalWindow, end: number): (age: number) => number {
  const bell = (x: number, sigma: number) => Math.exp(-(x * x) / (2 * sigma * sigma));
  if (shape === 'box') return () => 1;
  if (shape === 'derivative') return (age) => (end / 2 - age) * bell(age - end / 2, end / 6);
  return centered ? (age) => bell(age - ms / 2, ms / 6) : (age) => bell(age, ms / 3);
}

/** w_k = ∫ kernel · hat_k, by the midpoint rule, scaled as the window's weights are. */
function integrated(of: TemporalWindow, ages: readonly number[]): number[] {
  const end = Math.min(of.ms, ages.at(-1)!);
  const value = kernel(of, end);
  const weights = ages.map(() => 0);
  const steps = 40_000;
  for (let i = 0; i < steps; i++) {
    const age = ((i + 0.5) * end) / steps;
    const k = ages.findIndex((one, j) => age >= one && age < (ages[j + 1] ?? Infinity));
    const share = (age - ages[k]!) / (ages[k + 1]! - ages[k]!);
    weights[k] = weights[k]! + value(age) * (1 - share);
    weights[k + 1] = weights[k + 1]! + value(age) * share;
  }
  const scale =
    of.shape === 'derivative' ? -of.ms / sum(weights.map((w, k) => w * ages[k]!)) : 1 / sum(weights);
  return weights.map((weight) => weight * scale);
}

const REGULAR = Array.from({ length: 13 }, (_, k) => k * (1000 / 60));
const UNEVEN = [0, 17, 33, 100, 117, 133, 150, 210, 260];

describe.each(WINDOWS)('$shape of $ms ms, centered: $centered', (of) => {
  test.each([
    ['regular frames', REGULAR],
    ['uneven frames', UNEVEN],
    ['frames that do not reach over all of it', UNEVEN.slice(0, 4)],
  ])('%s: the integral of the kernel over the lines between them', (_name, ages) => {
    const expected = integrated(of, ages);
    temporalWeights(of, ages).forEach((weight, k) => {
      expect(weight).toBeCloseTo(expected[k]!, 5);
    });
  });

  test('Σ w is 1, of a derivative 0', () => {
    fc.assert(
      fc.property(irregular, (ages) => {
        const weights = temporalWeights(of, ages);
        expect(weights).toHaveLength(ages.length);
        expect(sum(weights)).toBeCloseTo(of.shape === 'derivative' ? 0 : 1, 9);
      }),
    );
  });

  test('what lies before the window counts nothing', () => {
    const ages = [0, 30, 60, 210, 240, 270];
    const weights = temporalWeights(of, ages);
    expect([...weights.subarray(4)]).toEqual([0, 0]);
  });
});

test('box: on regular frames a mean whose ends count half', () => {
  const weights = temporalWeights(window('box', 40), [0, 10, 20, 30, 40, 50]);
  [1 / 8, 1 / 4, 1 / 4, 1 / 4, 1 / 8, 0].forEach((expected, k) => {
    expect(weights[k]).toBeCloseTo(expected, 12);
  });
});

test('gaussian: the newest counts most, and centered the middle does, its sides alike', () => {
  const ages = [0, 25, 50, 75, 100, 125, 150, 175, 200];
  const causal = temporalWeights(window('gaussian', 200), ages);
  // The first hat has one side only.
  expect(2 * causal[0]!).toBeGreaterThan(causal[1]!);
  for (let k = 1; k < 8; k++) expect(causal[k]).toBeGreaterThan(causal[k + 1]!);
  const centered = temporalWeights(window('gaussian', 200, true), ages);
  expect(Math.max(...centered)).toBe(centered[4]);
  for (let k = 0; k < 4; k++) expect(centered[k]).toBeCloseTo(centered[8 - k]!, 12);
});

describe('derivative', () => {
  test('exact where a value changes evenly, whenever the frames come', () => {
    fc.assert(
      fc.property(irregular, fc.double({ min: -5, max: 5, noNaN: true }), (ages, slope) => {
        fc.pre(ages.length > 1);
        const weights = temporalWeights(window('derivative', 200), ages);
        expect(applied(weights, (age) => 7 - slope * age, ages)).toBeCloseTo(200 * slope, 6);
      }),
    );
  });

  test('of a value that changes faster and faster: its pace in the middle of the window', () => {
    const weights = temporalWeights(window('derivative', 100), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    const ages = Array.from({ length: 11 }, (_, k) => 10 * k);
    // x = t² at t = −age: 2t at −50 ms, over 100 ms.
    expect(applied(weights, (age) => age * age, ages)).toBeCloseTo(-100 * 100, 6);
  });
});

describe('few frames', () => {
  test.each(WINDOWS)('one: $shape is of it alone', (of) => {
    expect([...temporalWeights(of, [0])]).toEqual([of.shape === 'derivative' ? 0 : 1]);
  });

  test('a window shorter than the distance of frames: the line between the two newest, or its slope', () => {
    expect(temporalWeights(window('box', 10), [0, 33, 66])[1]).toBeCloseTo(10 / 66, 12);
    expect(temporalWeights(window('gaussian', 10, true), [0, 33, 66])[1]).toBeCloseTo(5 / 33, 12);
    expect([...temporalWeights(window('derivative', 11), [0, 33, 66])]).toEqual([11 / 33, -11 / 33, 0]);
  });
});

describe('every third frame is missing', () => {
  const all = Array.from({ length: 24 }, (_, k) => k * (1000 / 60));
  /** Something bright passes at constant velocity; where it is now. */
  const passing = (atMs: number) => (age: number) => Math.exp(-(((atMs - age) / 60) ** 2));

  /** The most that a value changes by when the frames at `missing` mod 3 are left out. */
  function change(weightsOf: (ages: readonly number[]) => Float64Array): number {
    let most = 0;
    for (let at = -100; at < 400; at += 7) {
      for (const missing of [1, 2]) {
        const kept = all.filter((_, k) => k % 3 !== missing);
        const [full, fewer] = [all, kept].map((ages) =>
          applied(weightsOf(ages), passing(at), ages.slice(0, 13)),
        );
        most = Math.max(most, Math.abs(full! - fewer!));
      }
    }
    return most;
  }

  test.each(WINDOWS.filter(({ ms }) => ms === 200))(
    '$shape, centered $centered: changes at most a quarter of what weights by index do',
    (of) => {
      const byIndex = temporalWeights(of, REGULAR);
      const full = change((ages) => Float64Array.from(temporalWeights(of, ages).subarray(0, 13)));
      expect(full).toBeLessThanOrEqual(change(() => byIndex) / 4);
    },
  );
});
