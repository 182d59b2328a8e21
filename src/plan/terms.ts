/** Filters → the terms of a pass, and what a term's values can be. */
import { assert, at } from '../core/assert.ts';
import { binary, constant, intervalOf, operand, type Interval } from '../primitives/expression.ts';
import type { Linear, Primitive } from '../primitives/primitive.ts';
import { gridOf } from './factor.ts';
import { ageOf } from './ages.ts';
import type { Techniques } from './techniques.ts';
import { cubicOf, isShared, lineOf } from './image-program.ts';
import { MOST_LINE_TAPS, type KernelProduct, type FrameWeights, type LineTerm, type Term } from './plan.ts';

/** Shorter lines are unrolled. */
const LEAST_LINE_TAPS = 3;

/** One pixel in place. */
export function plainRead(image: number): Term {
  return {
    kind: 'taps',
    image,
    taps: [{ dy: 0, dx: 0 }],
    channels: 'shared',
    weights: Float32Array.of(1),
    bias: null,
    edge: 'replicate',
  };
}

/** How `value`, a filter, reads `image`. */
export function termOf(
  value: Primitive,
  image: number,
  values: readonly Primitive[],
  { lines = true, product = true }: Pick<Techniques, 'lines' | 'product'>,
): Term {
  if (value.kind === 'resample') return { kind: 'cubic', image, ...cubicOf(value) };
  if (value.kind === 'temporal') {
    const { weights } = value;
    const age = weights instanceof Float32Array ? ageOf(weights) : null;
    return { kind: 'time', image, weights: age === null ? weights : { age } };
  }
  assert(value.kind === 'linear', 'a filter is a linear, a resampling or a mix of frames');
  return lineTermOf(value, image, values, lines) ?? tapsTermOf(value, image, values, product);
}

function lineTermOf(
  linear: Linear,
  image: number,
  values: readonly Primitive[],
  areLines: boolean,
): LineTerm | null {
  const { edge, bias } = linear;
  if (
    (bias !== null && bias.length > 1) ||
    !isShared(linear, values) ||
    (edge !== 'zero' && edge !== 'replicate')
  )
    return null;
  const line = lineOf(linear);
  if (line === null || line.weights.length > MOST_LINE_TAPS) return null;
  const { axis, first, weights, stride } = line;
  if (stride !== 1 && stride !== 4) return null;
  if (stride === 1 && (!areLines || weights.length < LEAST_LINE_TAPS)) return null;
  return { kind: 'line', image, axis, first, weights, stride, edge };
}

function tapsTermOf(
  linear: Linear,
  image: number,
  values: readonly Primitive[],
  mayBeProduct: boolean,
): Term {
  const { edge } = linear;
  // A bias that all channels share is in the pass's expression.
  const bias = linear.bias !== null && linear.bias.length > 1 ? linear.bias : null;
  const taps = linear.taps.map((tap) => ({ dy: at(tap, 0), dx: at(tap, 1) }));
  const channels = isShared(linear, values) ? 'shared' : 'dense';
  const product = mayBeProduct && channels === 'shared' ? productOf(linear) : null;
  return { kind: 'taps', image, taps, channels, weights: ungrouped(linear), bias, edge, product };
}

/** What float32 rounds off a weight, relative to the largest one. */
const ROUNDING = 1e-6;

/** The filter as a column times a row, exactly; null where it is none, or lies along one axis. */
export function productOf(linear: Pick<Linear, 'taps' | 'weights'>): KernelProduct | null {
  const { top, left, height, width, weights } = gridOf(linear);
  if (height < 2 || width < 2) return null;
  const largest = weights.reduce(
    (best, weight, i) => (Math.abs(weight) > Math.abs(at(weights, best)) ? i : best),
    0,
  );
  const pivot = at(weights, largest);
  if (pivot === 0) return null;
  const [y, x] = [Math.floor(largest / width), largest % width];
  const row = Float32Array.from({ length: width }, (_, i) => at(weights, y * width + i));
  const column = Float32Array.from({ length: height }, (_, i) => at(weights, i * width + x) / pivot);
  const isProduct = weights.every(
    (weight, i) => Math.abs(weight - at(column, Math.floor(i / width)) * at(row, i % width)) <= ROUNDING * Math.abs(pivot), // prettier-ignore
  );
  if (!isProduct) return null;
  // The least of the column is 1 and the row adds: whole kernels stay whole, and once baked a factor of 1 costs nothing.
  const least = column.reduce((min, value) => (value === 0 ? min : Math.min(min, Math.abs(value))), Infinity);
  const scale = row.reduce((sum, value) => sum + value, 0) < 0 ? -least : least;
  // + 0 makes −0 a plain 0.
  return {
    top,
    left,
    column: column.map((value) => value / scale + 0),
    row: row.map((value) => value * scale + 0),
  };
}

/** Grouped weights as dense ones, `[taps, in, out]`, with zeros between the groups. */
export function ungrouped({ weights, groups, taps, shape, channels }: Linear): Float32Array {
  if (groups === 1 || channels === 'shared') return weights;
  const out = at(shape, shape.length - 1);
  const inPerGroup = weights.length / (taps.length * out);
  const inputs = inPerGroup * groups;
  const dense = new Float32Array(taps.length * inputs * out);
  weights.forEach((weight, i) => {
    const o = i % out;
    const c = Math.floor(i / out) % inPerGroup;
    const tap = Math.floor(i / (out * inPerGroup));
    const firstChannel = Math.floor(o / (out / groups)) * inPerGroup;
    dense[(tap * inputs + firstChannel + c) * out + o] = weight;
  });
  return dense;
}

/** What a term can be when its image is within `interval`, over all output channels. */
export function termInterval(term: Term, interval: Interval, channels: number): Interval {
  if (term.kind === 'cubic') return interval;
  if (term.kind === 'time') return timeInterval(term.weights, interval);
  // Outside the image zeros may be read, so 0 belongs to what a tap can see.
  const seen =
    term.edge === 'zero' ? { low: Math.min(0, interval.low), high: Math.max(0, interval.high) } : interval;
  const bias = term.kind === 'taps' ? term.bias : null;
  const isDense = term.kind === 'taps' && term.channels === 'dense';
  const outChannels = isDense ? term.weights.length / (term.taps.length * channels) : 1;
  let bounds: Interval = { low: Infinity, high: -Infinity };
  for (let o = 0; o < Math.max(outChannels, bias?.length ?? 1); o++) {
    let [least, most] = [bias?.[o] ?? 0, bias?.[o] ?? 0];
    // Weights of one output channel lie `outChannels` apart; shared ones serve every channel.
    for (let i = o % outChannels; i < term.weights.length; i += outChannels) {
      const weight = at(term.weights, i);
      // A weight of 0 times a bound of ∞ is 0, not NaN.
      if (weight === 0) continue;
      least += weight * (weight > 0 ? seen.low : seen.high);
      most += weight * (weight > 0 ? seen.high : seen.low);
    }
    bounds = { low: Math.min(bounds.low, least), high: Math.max(bounds.high, most) };
  }
  return bounds;
}

/** Frames that are not there may count nothing, so 0 belongs to what a sum can be. */
function timeInterval(weights: FrameWeights, { low, high }: Interval): Interval {
  if (!(weights instanceof Float32Array)) {
    if ('window' in weights) {
      const of = timeInterval(weights.window, { low, high });
      return intervalOf(binary('add', binary('mul', operand(0), constant(weights.newest)), binary('mul', operand(1), constant(weights.gain))), [{ low, high }, of]); // prettier-ignore
    }
    if (!('shape' in weights) || weights.shape !== 'derivative')
      return { low: Math.min(0, low), high: Math.max(0, high) };
    // How much a value changes over the window: its pace, where that is longer than the window itself.
    return { low: -Infinity, high: Infinity };
  }
  let [least, most] = [0, 0];
  for (const weight of weights) {
    least += Math.min(0, weight * low, weight * high);
    most += Math.max(0, weight * low, weight * high);
  }
  return { low: least, high: most };
}

/** How much larger a term makes an error of its image, at most. */
export function termGain(term: Term): number {
  if (term.kind === 'cubic') return 1;
  if (term.kind !== 'time') return sizeOf(term.weights);
  if (term.weights instanceof Float32Array) return sizeOf(term.weights);
  if ('age' in term.weights) return 1;
  const { window, gain, newest } = 'window' in term.weights ? term.weights : { window: term.weights, gain: 1, newest: 0 }; // prettier-ignore
  return window.shape === 'derivative' ? Infinity : Math.abs(gain) + Math.abs(newest);
}

function sizeOf(weights: Float32Array): number {
  return weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
}
