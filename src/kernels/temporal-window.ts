/** Weights over seconds: how much each remembered frame counts, by how long ago it really was. */

import { assertNever, at } from '../core/assert.ts';
import { erf } from '../core/erf.ts';

export const TEMPORAL_SHAPES = ['box', 'gaussian', 'derivative'] as const;

/**
 * box: the mean over the window. gaussian: a mean that counts the newest most, σ a third of the window; centred, its
 * middle most, σ a sixth. derivative: how much a value changes over the window, at its pace in the window's middle.
 */
export type TemporalShape = (typeof TEMPORAL_SHAPES)[number];

export type TemporalWindow = Readonly<{
  shape: TemporalShape;
  /** How far back it reaches. */
  ms: number;
  /** Whether it is about the middle of the window instead of the newest frame. */
  centered: boolean;
}>;

/**
 * The weight of each frame, the newest first: the window's own kernel over the straight lines between the frames,
 * w_k = ∫ kernel(age) · hat_k(age) d age, scaled to Σ w = 1; of 'derivative' to Σ w = 0 and −Σ w · age = ms. Where the
 * frames do not reach over the whole window, it is of the part that they reach over; of one frame, that frame. A
 * derivative over less than the distance of the two newest frames is their slope.
 * @param agesMs how long ago they were: 0, then rising.
 */
export function temporalWeights(window: TemporalWindow, agesMs: readonly number[]): Float64Array {
  const { shape, ms } = window;
  const weights = new Float64Array(agesMs.length);
  const [second, oldest] = [agesMs[1] ?? Infinity, agesMs.at(-1) ?? 0];
  if (second === Infinity) return weights.fill(shape === 'derivative' ? 0 : 1);
  if (shape === 'derivative' && ms < second) {
    weights.set([ms / second, -ms / second]);
    return weights;
  }
  const end = Math.min(ms, oldest);
  const moments = momentsOf(window, end);
  for (let k = 0; k + 1 < agesMs.length && at(agesMs, k) < end; k++) {
    const [from, to] = [at(agesMs, k), at(agesMs, k + 1)];
    const { whole, rising } = moments(from, Math.min(to, end));
    const older = rising / (to - from);
    weights[k] = at(weights, k) + whole - older;
    weights[k + 1] = older;
  }
  const sum = (of: (weight: number, k: number) => number) =>
    weights.reduce((total, w, k) => total + of(w, k), 0);
  const scale = shape === 'derivative' ? -ms / sum((w, k) => w * at(agesMs, k)) : 1 / sum((w) => w);
  return weights.map((weight) => weight * scale);
}

/** ∫ kernel(age) d age and ∫ kernel(age) · (age − from) d age, both from `from` to `to`. */
type Moments = (from: number, to: number) => Readonly<{ whole: number; rising: number }>;

/** Of the kernel over the ages from 0 to `end`. */
function momentsOf({ shape, ms, centered }: TemporalWindow, end: number): Moments {
  switch (shape) {
    case 'box':
      return (from, to) => ({ whole: to - from, rising: (to - from) ** 2 / 2 });
    case 'gaussian':
      return centered ? bell(ms / 2, ms / 6).plain : bell(0, ms / 3).plain;
    case 'derivative':
      return bell(end / 2, end / 6).slope;
    default:
      return assertNever(shape);
  }
}

/**
 * Of g(x) = e^(−(x − c)² / 2σ²), and of σ² · g′(x) = −(x − c) · g(x). With primitives G = σ √(π/2) erf((x − c) / (σ √2)) of g:
 * ∫ (x − a) · g = −σ² [g] + (c − a) [G], ∫ g′ = [g], ∫ (x − a) · g′ = [(x − a) · g] − [G].
 */
function bell(center: number, sigma: number): Readonly<{ plain: Moments; slope: Moments }> {
  const g = (x: number) => Math.exp(-((x - center) ** 2) / (2 * sigma * sigma));
  const G = (x: number) => sigma * Math.sqrt(Math.PI / 2) * erf((x - center) / (sigma * Math.SQRT2));
  const square = sigma * sigma;
  return {
    plain: (from, to) => {
      const whole = G(to) - G(from);
      return { whole, rising: (center - from) * whole - square * (g(to) - g(from)) };
    },
    slope: (from, to) => ({
      whole: square * (g(to) - g(from)),
      rising: square * ((to - from) * g(to) - (G(to) - G(from))),
    }),
  };
}
