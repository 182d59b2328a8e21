/** Graph functions of the pointwise and normalising ops: each adds a node and answers its value. Any rank. */
import type { Tensor } from '../core/tensor.ts';
import type {
  CeluOptions,
  EluOptions,
  GeluOptions,
  HardSigmoidOptions,
  LeakyReluOptions,
  SeluOptions,
  SwishOptions,
} from '../ops/activation-expression.ts';
import type { QuantizeOptions, SmoothstepOptions } from '../ops/elementwise.ts';
import type { BatchNormOptions, InstanceNormOptions } from '../ops/normalization.ts';
import type { ReduceOptions } from '../ops/reduction.ts';
import { GraphValue } from './builder.ts';

type PlainName =
  | 'hardSwish'
  | 'mish'
  | 'relu'
  | 'relu6'
  | 'sigmoid'
  | 'softplus'
  | 'softsign'
  | 'tanh'
  | 'exp'
  | 'log'
  | 'neg'
  | 'sqrt'
  | 'rgbToYuv'
  | 'yuvToRgb';

function plain(name: PlainName) {
  return (input: GraphValue): GraphValue => GraphValue.apply(name, [input], {});
}

/** max(x, 0) */
export const relu = plain('relu');
/** min(max(x, 0), 6) */
export const relu6 = plain('relu6');
/** 1 / (1 + e⁻ˣ) */
export const sigmoid = plain('sigmoid');
/** x · max(0, min(6, x + 3)) / 6 */
export const hardSwish = plain('hardSwish');
/** x · tanh(softplus(x)) */
export const mish = plain('mish');
export const tanh = plain('tanh');
/** log(1 + eˣ) */
export const softplus = plain('softplus');
/** x / (1 + |x|) */
export const softsign = plain('softsign');
export const exp = plain('exp');
/** The natural logarithm. */
export const log = plain('log');
export const neg = plain('neg');
export const sqrt = plain('sqrt');

/** `[h, w, 3]` R'G'B' → Y' in 0..1, Cb and Cr in −0.5..0.5, with the frame's own matrix. */
export const rgbToYuv = plain('rgbToYuv');
/** The way back from `rgbToYuv`. */
export const yuvToRgb = plain('yuvToRgb');

/** x ≥ 0 ? x : alpha · x */
export const leakyRelu = (input: GraphValue, options: LeakyReluOptions = {}): GraphValue =>
  GraphValue.apply('leakyRelu', [input], options);

/** x > 0 ? x : alpha · (eˣ − 1) */
export const elu = (input: GraphValue, options: EluOptions = {}): GraphValue =>
  GraphValue.apply('elu', [input], options);

/** x > 0 ? x : alpha · (e^(x / alpha) − 1) */
export const celu = (input: GraphValue, options: CeluOptions = {}): GraphValue =>
  GraphValue.apply('celu', [input], options);

/** gamma · (x > 0 ? x : alpha · (eˣ − 1)) */
export const selu = (input: GraphValue, options: SeluOptions = {}): GraphValue =>
  GraphValue.apply('selu', [input], options);

/** ½ · x · (1 + erf(x / √2)), or its approximation by tanh. */
export const gelu = (input: GraphValue, options: GeluOptions = {}): GraphValue =>
  GraphValue.apply('gelu', [input], options);

/** max(0, min(1, alpha · x + beta)) */
export const hardSigmoid = (input: GraphValue, options: HardSigmoidOptions = {}): GraphValue =>
  GraphValue.apply('hardSigmoid', [input], options);

/** x · sigmoid(alpha · x) */
export const swish = (input: GraphValue, options: SwishOptions = {}): GraphValue =>
  GraphValue.apply('swish', [input], options);

/** x ≥ 0 ? x : slope · x, with slopes that broadcast: another value, or a tensor such as `[channels]`. */
export const prelu = (input: GraphValue, slope: GraphValue | Tensor): GraphValue =>
  slope instanceof GraphValue
    ? GraphValue.apply('prelu', [input, slope], {})
    : GraphValue.apply('prelu', [input], { slope });

/** aᵇ; |a|ᵇ where b is not whole. */
export const pow = (a: GraphValue, b: GraphValue | number): GraphValue =>
  typeof b === 'number' ? GraphValue.apply('pow', [a], { constant: b }) : GraphValue.apply('pow', [a, b], {});

/** a + (b − a) · amount */
export const mix = (a: GraphValue, b: GraphValue, amount: GraphValue | number): GraphValue =>
  typeof amount === 'number'
    ? GraphValue.apply('mix', [a, b], { amount })
    : GraphValue.apply('mix', [a, b, amount], {});

/** 1 where the input is at least `value`, else 0. */
export const threshold = (input: GraphValue, value = 0.5): GraphValue =>
  GraphValue.apply('threshold', [input], { threshold: value });

/**
 * To the nearest of 2^bits levels from 0 to 1, by default 256. An image that is rounded on its way is kept in bytes, and
 * what filters it is faster.
 */
export const quantize = (input: GraphValue, options: QuantizeOptions = {}): GraphValue =>
  GraphValue.apply('quantize', [input], options);

/** A smooth rise from 0 at `edge0` to 1 at `edge1`, by default over 0..1. */
export const smoothstep = (input: GraphValue, options: SmoothstepOptions = {}): GraphValue =>
  GraphValue.apply('smoothstep', [input], options);

/** `[h, w, 1]` in 0..1 → colours of a table `[entries, channels]`, linear between its entries. */
export const colorMap = (input: GraphValue, table: Tensor): GraphValue =>
  GraphValue.apply('colorMap', [input], { table });

/** Values 0..1 that sum to 1 along the axis, by default the channels. */
export const softmax = (input: GraphValue, axis = -1): GraphValue =>
  GraphValue.apply('softmax', [input], { axis });

/** (x − mean) / √(variance + epsilon) · scale + shift, with given statistics. */
export const batchNorm = (input: GraphValue, options: BatchNormOptions): GraphValue =>
  GraphValue.apply('batchNorm', [input], options);

/** The same with each channel's own mean and variance over the spatial axes. */
export const instanceNorm = (input: GraphValue, options: InstanceNormOptions = {}): GraphValue =>
  GraphValue.apply('instanceNorm', [input], options);

function reduction(name: 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin' | 'reduceL2') {
  return (input: GraphValue, options: ReduceOptions = {}): GraphValue =>
    GraphValue.apply(name, [input], options);
}

export const reduceSum = reduction('reduceSum');
export const reduceMean = reduction('reduceMean');
export const reduceMax = reduction('reduceMax');
export const reduceMin = reduction('reduceMin');
/** √Σx² */
export const reduceL2 = reduction('reduceL2');
