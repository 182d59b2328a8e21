/**
 * The activations, one op each, on tensors of any rank. The references are the textbook formulas in float64
 * (WebNN's operators of the same names, ONNX's Celu and Mish), not the expressions that backends run.
 */
import { at } from '../core/assert.ts';
import { checkFinite } from '../core/check.ts';
import { erf } from '../core/erf.ts';
import { checkTensor, sizeOf, toFloat64, type Tensor } from '../core/tensor.ts';
import { binary, constant, operand } from '../primitives/expression.ts';
import {
  activationExpression,
  checkActivationOptions,
  SELU_ALPHA,
  SELU_GAMMA,
  type ActivationName,
  type ActivationOptions,
} from './activation-expression.ts';
import { broadcastShape, checkInputCount, mapBroadcast } from './broadcast.ts';
import type { Op } from './op.ts';
import { pointwiseOp, type NoOptions } from './pointwise-op.ts';

type OptionsOf<Name extends ActivationName> = Name extends keyof ActivationOptions
  ? ActivationOptions[Name]
  : NoOptions;

function activation<Name extends ActivationName>(
  name: Name,
  value: (x: number, options: OptionsOf<Name>) => number,
): Op<OptionsOf<Name>> {
  return pointwiseOp<OptionsOf<Name>>({
    name,
    expression: (options) => activationExpression({ ...options, name }),
    reference: (elements, options) => value(at(elements, 0), options),
    check: (options, where) => checkActivationOptions(`${where}: options`, name, options),
  });
}

const limit = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** max(x, 0) */
export const relu = activation('relu', (x) => Math.max(0, x));

/** min(max(x, 0), 6) */
export const relu6 = activation('relu6', (x) => limit(x, 0, 6));

/** x ≥ 0 ? x : alpha · x */
export const leakyRelu = activation('leakyRelu', (x, { alpha = 0.01 }) => (x >= 0 ? x : alpha * x));

/** x > 0 ? x : alpha · (eˣ − 1). Clevert et al. 2015, eq. 15. */
export const elu = activation('elu', (x, { alpha = 1 }) => (x > 0 ? x : alpha * Math.expm1(x)));

/** max(x, 0) + min(0, alpha · (e^(x / alpha) − 1)). Barron 2017, eq. 1. */
export const celu = activation(
  'celu',
  (x, { alpha = 1 }) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha)),
);

/** gamma · (x > 0 ? x : alpha · (eˣ − 1)). Klambauer et al. 2017, eq. 2. */
export const selu = activation(
  'selu',
  (x, { alpha = SELU_ALPHA, gamma = SELU_GAMMA }) => gamma * (x > 0 ? x : alpha * Math.expm1(x)),
);

/**
 * ½ · x · (1 + erf(x / √2)), or with tanh ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))).
 * Hendrycks and Gimpel 2016, §2.
 */
export const gelu = activation('gelu', (x, { approximate = 'none' }) => {
  const gate =
    approximate === 'none'
      ? erf(x / Math.SQRT2)
      : Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
  return 0.5 * x * (1 + gate);
});

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** 1 / (1 + e⁻ˣ) */
export const sigmoid = activation('sigmoid', logistic);

/** max(0, min(1, alpha · x + beta)) */
export const hardSigmoid = activation('hardSigmoid', (x, { alpha = 0.2, beta = 0.5 }) =>
  limit(alpha * x + beta, 0, 1),
);

/** x · sigmoid(alpha · x). Ramachandran et al. 2017, §4. */
export const swish = activation('swish', (x, { alpha = 1 }) => x * logistic(alpha * x));

/** x · max(0, min(6, x + 3)) / 6. Howard et al. 2019, §5.2. */
export const hardSwish = activation('hardSwish', (x) => (x * limit(x + 3, 0, 6)) / 6);

/** log(1 + eˣ); above 30, eˣ in the argument hides the 1 and x is exact. */
const logOnePlusExp = (x: number): number => (x > 30 ? x + Math.exp(-x) : Math.log1p(Math.exp(x)));

/** x · tanh(softplus(x)). Misra 2019, eq. 1. */
export const mish = activation('mish', (x) => x * Math.tanh(logOnePlusExp(x)));

export const tanh = activation('tanh', (x) => Math.tanh(x));

/** log(1 + eˣ) */
export const softplus = activation('softplus', logOnePlusExp);

/** x / (1 + |x|) */
export const softsign = activation('softsign', (x) => x / (1 + Math.abs(x)));

/** min(max(x, options.min), options.max), by default to 0..1. */
export const clamp = activation('clamp', (x, { min = 0, max = 1 }) => limit(x, min, max));

export type PreluOptions = Readonly<{
  /** In the place of the second input: slopes below 0 that broadcast with the input, e.g. `[channels]`. */
  slope?: Tensor;
}>;

function checkSlope(slope: Tensor, where: string): Tensor {
  const { shape, data } = checkTensor(`${where}: options.slope`, slope);
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`${where}: options.slope must hold ${sizeOf(shape)} values, got ${data.length}`);
  }
  checkFinite(`${where}: options.slope`, data);
  return slope;
}

/** x ≥ 0 ? x : slope · x. The slopes are the second input, or an option. He et al. 2015, eq. 1. */
export const prelu: Op<PreluOptions> = {
  name: 'prelu',
  inferShape(inputs, { slope }, where) {
    checkInputCount(where, inputs, slope === undefined ? 2 : 1, ' (one with options.slope)');
    return broadcastShape(slope === undefined ? inputs : [...inputs, checkSlope(slope, where).shape], where);
  },
  reference(inputs, { slope }) {
    const both = slope === undefined ? inputs : [...inputs, toFloat64(slope)];
    return mapBroadcast(both, ([x = 0, below = 0]) => (x >= 0 ? x : below * x), 'prelu');
  },
  lower(inputs, { slope }, shape, lowering) {
    const both = slope === undefined ? inputs : [...inputs, lowering.add({ kind: 'constant', ...slope })];
    const zero = constant(0);
    const below = binary('mul', operand(1), binary('min', operand(0), zero));
    const expression = binary('add', binary('max', operand(0), zero), below);
    return lowering.add({ kind: 'stencil', inputs: both, shape, expression });
  },
  layer: (_inputs, { slope }, shape) => ({ parameters: slope?.data.length ?? 0, macs: sizeOf(shape) }),
};
