/**
 * A Gaussian of any width at about the same cost: shrink by 4, blur the small image, enlarge.
 *
 * Shrinking: output j is centred on input 4·j + 3/2 and weighs it by three boxes of 4 pixels and one of three, one
 * after the other. A box of 4 is 0 at all frequencies that alias to brightness, so three leave next to nothing of
 * them. Their variance is 3·(4² − 1)/12 + (3² − 1)/12 = 53/12.
 * Enlarging: the cubic B-spline through no pixel but near all. It is a blur by four continuous boxes of one small
 * pixel, so it adds 4/12 small pixels² wherever between pixels it is read.
 *
 *     σ² = 53/12 + 16·σ_s² + 16/3      with σ_s, in small pixels, for the blur between the two
 *
 * Where σ_s would be less than a small pixel, nothing is blurred between: the shrinking weights are fitted so that
 * shrinking and enlarging together come nearest to the Gaussian.
 *
 * Borders repeat the last pixel. A shrunk image has MARGIN pixels more on each side, after which it is constant too,
 * so its own repeated border continues it exactly.
 */
import { at } from '../core/assert.ts';
import { checkNumber } from '../core/check.ts';
import { MAX_KERNEL_SIDE } from './kernel.ts';
import { svd } from './svd.ts';

export type Axis = 'x' | 'y';

/** out(j) = Σ_i weights[i] · in(stride · j + first + i) along the axis, of ⌈n / stride⌉ + 2 · margin pixels. */
export type LineStep = Readonly<{
  kind: 'line';
  axis: Axis;
  /** Where output 0, which is the margin's first pixel if there is one, begins to read. */
  first: number;
  weights: Float64Array;
  stride: 1 | 4;
  /** Output pixels before pixel 0 and after the last one. */
  margin: number;
}>;

/**
 * out(p) = Σ_k B_k(t) · in(⌊s⌋ − 1 + k) for k = 0..3 with s = scale · p + offset and t = s − ⌊s⌋ along the axis, of as
 * many pixels as the axis had before its last `line` with a stride that has no `cubic` yet. The B-spline's weights:
 * B_0 = (1 − t)³/6, B_1 = (3t³ − 6t² + 4)/6, B_2 = (−3t³ + 3t² + 3t + 1)/6, B_3 = t³/6.
 */
export type CubicStep = Readonly<{ kind: 'cubic'; axis: Axis; scale: number; offset: number }>;

/** Reads outside repeat the last pixel of the step's own input. */
export type GaussianStep = LineStep | CubicStep;

/** Small pixels are so many pixels wide. */
const FACTOR = 4;

/** What shrinking reads beyond a pixel's own 4: 10 on each side, so after 3 small pixels only the border itself. */
const MARGIN = 3;

/**
 * From here shrinking and enlarging alone are off by less than 1.7 of 255 levels for any line of pixels (1.0 from a σ
 * of 4.5), and from `LEAST_BETWEEN` with a blur between by less than 0.95. On a small image lines cost so little that
 * nothing is fitted.
 */
const LEAST_FITTED = 4;
const LEAST_BETWEEN = 4.8;

/** Of fitted weights. */
const FITTED_TAPS = 24;

/** The weight that a cut may lose: less than a third of one of 255 levels for pixel values in 0..1. */
const LOST = 0.3 / 255;

/** What writing a pixel costs, in taps, and what a pass costs whatever its size, in taps per pixel of the image. */
const WRITE_COST = 2;
const PASS_COST = 0.25;

const CUBIC_TAPS = 4;

/** Unnormalised, at 0 to `radius` pixels from the centre. */
function halfGaussian(sigma: number, radius: number): Float64Array {
  return Float64Array.from({ length: radius + 1 }, (_, x) =>
    x === 0 ? 1 : Math.exp(-((x / sigma) ** 2) / 2),
  );
}

/** The least radius beyond which at most `LOST` of the Gaussian's weight lies. */
function radiusOf(sigma: number): number {
  const half = halfGaussian(sigma, Math.ceil(6 * sigma));
  const all = half.reduce((sum, value) => sum + 2 * value, -1);
  let radius = half.length - 1;
  for (let lost = 0; radius > 0; radius--) {
    lost += 2 * at(half, radius);
    if (lost > LOST * all) break;
  }
  return radius;
}

function cutGaussian(sigma: number, radius: number): Float64Array {
  const half = halfGaussian(sigma, radius);
  const all = half.reduce((sum, value) => sum + 2 * value, -1);
  return Float64Array.from({ length: 2 * radius + 1 }, (_, i) => at(half, Math.abs(i - radius)) / all);
}

function varianceOf(line: Float64Array): number {
  const centre = (line.length - 1) / 2;
  return line.reduce((sum, weight, i) => sum + weight * (i - centre) ** 2, 0);
}

/** A cut Gaussian whose variance is σ² in spite of the cut. */
function exactVariance(sigma: number): Float64Array {
  const radius = radiusOf(sigma);
  let wider = sigma;
  for (let i = 0; i < 8; i++) wider *= sigma / Math.sqrt(varianceOf(cutGaussian(wider, radius)));
  return cutGaussian(wider, radius);
}

function convolve(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) out[i + j]! += at(a, i) * at(b, j);
  return out;
}

const box = (length: number) => new Float64Array(length).fill(1 / length);
const SHRINKING_WEIGHTS = [box(FACTOR), box(FACTOR), box(3)].reduce(convolve, box(FACTOR));

/** The cubic B-spline's weights of four pixels, read at a share `t` after the second. */
function cubicWeights(t: number): readonly [number, number, number, number] {
  return [
    (1 - t) ** 3 / 6,
    (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
    (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6,
    t ** 3 / 6,
  ];
}

/**
 * Shrinking weights w whose enlarged result is nearest to the Gaussian, by least squares over what each of the four
 * phases of enlarging takes of each pixel. They are symmetric about the middle, so half of them are unknown:
 * w_h lies h + ½ pixels from it.
 */
function fittedWeights(sigma: number): Float64Array {
  const unknowns = FITTED_TAPS / 2;
  const reach = Math.ceil(4 * sigma) + 2 * FACTOR;
  const exact = cutGaussian(sigma, reach);
  const normal = new Float64Array(unknowns * unknowns);
  const right = new Float64Array(unknowns);
  for (let phase = 0; phase < FACTOR; phase++) {
    const s = phase / FACTOR - (FACTOR - 1) / (2 * FACTOR);
    const low = Math.floor(s);
    const shares = cubicWeights(s - low);
    for (let i = -reach; i <= reach; i++) {
      const row = new Float64Array(unknowns);
      shares.forEach((share, k) => {
        const centre = FACTOR * (low - 1 + k) + (FACTOR - 1) / 2;
        const h = Math.abs(phase + i - centre) - 0.5;
        if (h < unknowns) row[h] = at(row, h) + share;
      });
      for (let a = 0; a < unknowns; a++) {
        right[a] = at(right, a) + at(row, a) * at(exact, i + reach);
        for (let b = 0; b < unknowns; b++) normal[a * unknowns + b] = at(normal, a * unknowns + b) + at(row, a) * at(row, b); // prettier-ignore
      }
    }
  }
  const half = solve(normal, right);
  const sum = 2 * half.reduce((total, weight) => total + weight, 0);
  return Float64Array.from({ length: FITTED_TAPS }, (_, i) => at(half, i < unknowns ? unknowns - 1 - i : i - unknowns) / sum); // prettier-ignore
}

/** x of a symmetric matrix · x = right. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const { values, left, right: columns } = svd(matrix, n, n);
  const x = new Float64Array(n);
  values.forEach((value, k) => {
    const share = at(left, k).reduce((sum, weight, i) => sum + weight * at(right, i), 0) / value;
    at(columns, k).forEach((weight, i) => {
      x[i] = at(x, i) + share * weight;
    });
  });
  return x;
}

/** σ_s: what is left to blur between shrinking and enlarging. */
function sigmaBetween(sigma: number): number {
  const squared = FACTOR * FACTOR;
  return Math.sqrt((sigma * sigma - (3 * squared + 5) / 12 - squared / 3) / squared);
}

/** How to blur by σ: how often to shrink, by which weights the last time, and the σ of the blur between; 0 for none. */
type Route = Readonly<{ levels: readonly Float64Array[]; sigma: number; cost: number }>;

/** The cheapest route for both axes of an image that has `area` of the whole image's pixels. */
function cheapestRoute(sigma: number, area: number): Route {
  const taps = 2 * radiusOf(sigma) + 1;
  const cost = taps > MAX_KERNEL_SIDE ? Infinity : 2 * (area * (taps + WRITE_COST) + PASS_COST);
  const direct: Route = { levels: [], sigma, cost };
  const routes = [direct];
  if (sigma >= LEAST_BETWEEN) {
    const between = cheapestRoute(sigmaBetween(sigma), area / FACTOR ** 2);
    routes.push({ ...between, levels: [SHRINKING_WEIGHTS, ...between.levels], cost: between.cost + levelCost(SHRINKING_WEIGHTS.length, area) }); // prettier-ignore
  } else if (sigma >= LEAST_FITTED && area === 1) {
    routes.push({ levels: [fittedWeights(sigma)], sigma: 0, cost: levelCost(FITTED_TAPS, area) });
  }
  return routes.reduce((best, route) => (route.cost < best.cost ? route : best));
}

/** Of shrinking and enlarging along both axes. */
function levelCost(taps: number, area: number): number {
  const down = (taps + WRITE_COST) * (1 / FACTOR + 1 / FACTOR ** 2);
  const up = (CUBIC_TAPS + WRITE_COST) * (1 / FACTOR + 1);
  return area * (down + up) + 4 * PASS_COST;
}

type AxisSteps = Readonly<{
  down: readonly LineStep[];
  between: readonly LineStep[];
  up: readonly CubicStep[];
}>;

function shrink(axis: Axis, weights: Float64Array): LineStep {
  const first = (FACTOR - 1) / 2 - (weights.length - 1) / 2 - FACTOR * MARGIN;
  return { kind: 'line', axis, first, weights, stride: FACTOR, margin: MARGIN };
}

/** Small pixel j lies at 4 · (j − MARGIN) + 3/2, so pixel p lies at (p − 3/2)/4 + MARGIN. */
function enlarge(axis: Axis): CubicStep {
  return { kind: 'cubic', axis, scale: 1 / FACTOR, offset: MARGIN - (FACTOR - 1) / (2 * FACTOR) };
}

function axisSteps(axis: Axis, sigma: number): AxisSteps {
  const { levels, sigma: between } = cheapestRoute(sigma, 1);
  const isDirect = levels.length === 0;
  const weights = isDirect
    ? cutGaussian(sigma, radiusOf(sigma))
    : between === 0
      ? box(1)
      : exactVariance(between);
  const line: LineStep = {
    kind: 'line',
    axis,
    first: -(weights.length - 1) / 2,
    weights,
    stride: 1,
    margin: 0,
  };
  return {
    down: levels.map((level) => shrink(axis, level)),
    between: weights.length === 1 ? [] : [line],
    up: levels.map(() => enlarge(axis)),
  };
}

/**
 * Steps that blur an image by exp(−x² / 2σ²), sampled at whole pixels, with repeated borders: plain data. Two lines
 * below a σ of 2.6 px, else a pyramid. Along one axis it is off by less than 0.85 of 255 levels for any pixels in 0..1,
 * along both by less than 1.7.
 *
 * @param sigmaX @param sigmaY standard deviations in px, 0 (leaves the axis as it is) to 1000. Default `sigmaY = sigmaX`.
 * @throws TypeError | RangeError when a σ is no number or out of range.
 */
export function planGaussian(sigmaX: number, sigmaY = sigmaX): readonly GaussianStep[] {
  checkNumber('sigmaX', sigmaX, { min: 0, max: 1000, unit: 'px' });
  checkNumber('sigmaY', sigmaY, { min: 0, max: 1000, unit: 'px' });
  const axes = [axisSteps('x', sigmaX), axisSteps('y', sigmaY)];
  const levels = Math.max(...axes.map(({ down }) => down.length));
  const level = <T>(pick: (steps: AxisSteps) => readonly T[], i: number): readonly T[] =>
    axes.flatMap((steps) => pick(steps)[i] ?? []);
  const order = Array.from({ length: levels }, (_, i) => i);
  return [
    // Down before across: rows are left out whole, and reading along a row is the dearer half.
    ...order.flatMap((i) => level<GaussianStep>(({ down }) => down, i).toReversed()),
    ...axes.flatMap(({ between }) => between),
    ...order.toReversed().flatMap((i) => level<GaussianStep>(({ up }) => up, i)),
  ];
}
