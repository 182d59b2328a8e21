/**
 * Activations as expressions over operand 0: what an op's own node and a layer's fused epilogue both lower to.
 * Every form is safe against overflow in float32: exponents are never positive, so no ∞ / ∞ and no ∞ − ∞.
 */
import { assertNever } from '../core/assert.ts';
import { checkNumber, checkOneOf, show } from '../core/check.ts';
import { binary, constant, operand, select, unary, type Expression } from '../primitives/expression.ts';

/** Names that stand alone: each parameter has its default. */
export const ACTIVATION_NAMES = [
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'celu',
  'selu',
  'gelu',
  'sigmoid',
  'hardSigmoid',
  'swish',
  'hardSwish',
  'mish',
  'tanh',
  'softplus',
  'softsign',
  'clamp',
] as const;
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

export type LeakyReluOptions = Readonly<{
  /** The slope below 0. Default 0.01. */
  alpha?: number;
}>;
export type EluOptions = Readonly<{
  /** Minus the limit at −∞. Default 1. */
  alpha?: number;
}>;
export type CeluOptions = Readonly<{
  /** Minus the limit at −∞, > 0. Default 1. */
  alpha?: number;
}>;
export type SeluOptions = Readonly<{
  /** Default 1.6732632423543772. */
  alpha?: number;
  /** Default 1.0507009873554805. */
  gamma?: number;
}>;
export type GeluOptions = Readonly<{
  /** 'none' computes by erf, 'tanh' by its approximation. Default 'none'. */
  approximate?: 'none' | 'tanh';
}>;
export type HardSigmoidOptions = Readonly<{
  /** Default 0.2. */
  alpha?: number;
  /** Default 0.5. */
  beta?: number;
}>;
export type SwishOptions = Readonly<{
  /** Default 1. */
  alpha?: number;
}>;
export type ClampOptions = Readonly<{
  /** −Infinity for none. Default 0. */
  min?: number;
  /** Infinity for none. Default 1. */
  max?: number;
}>;

/** Options by the activation's name; those that aren't here have none. */
export type ActivationOptions = Readonly<{
  leakyRelu: LeakyReluOptions;
  elu: EluOptions;
  celu: CeluOptions;
  selu: SeluOptions;
  gelu: GeluOptions;
  hardSigmoid: HardSigmoidOptions;
  swish: SwishOptions;
  clamp: ClampOptions;
}>;

type Named<Name extends ActivationName> = Readonly<{ name: Name }> &
  (Name extends keyof ActivationOptions ? ActivationOptions[Name] : unknown);

type Parametrised = { [Name in ActivationName]: Named<Name> }[ActivationName];

/** An activation by its name, or with its parameters: `'relu'`, `{ name: 'leakyRelu', alpha: 0.1 }`. */
export type Activation = ActivationName | Parametrised;

/** Klambauer et al. 2017, Self-Normalizing Neural Networks, eq. 2 and appendix A. */
export const SELU_ALPHA = 1.6732632423543772;
export const SELU_GAMMA = 1.0507009873554805;

type Parameters = Readonly<Record<string, unknown>>;

/**
 * Refuses parameters of an activation that are none.
 * @param name as messages say it, e.g. `node 3 (elu): options`.
 * @throws TypeError | RangeError that name the parameter, its value and what is allowed.
 */
export function checkActivationOptions(name: string, activation: ActivationName, given: Parameters): void {
  const number = (key: string, bounds = {}) => {
    if (given[key] !== undefined) checkNumber(`${name}.${key}`, given[key], bounds);
  };
  switch (activation) {
    case 'leakyRelu':
    case 'elu':
    case 'swish':
      number('alpha');
      return;
    case 'celu':
      number('alpha', { min: 0, exclusiveMin: true });
      return;
    case 'selu':
      number('alpha');
      number('gamma');
      return;
    case 'hardSigmoid':
      number('alpha');
      number('beta');
      return;
    case 'gelu':
      if (given['approximate'] !== undefined)
        checkOneOf(`${name}.approximate`, given['approximate'], ['none', 'tanh']);
      return;
    case 'clamp':
      checkClamp(name, given['min'], given['max']);
      return;
    default:
      return;
  }
}

function checkClamp(name: string, min: unknown = 0, max: unknown = 1): void {
  if (min !== -Infinity) checkNumber(`${name}.min`, min);
  if (max !== Infinity) checkNumber(`${name}.max`, max, { min: min as number });
}

/**
 * @param name as messages say it, e.g. `node 3 (conv2d): options.activation`.
 * @throws TypeError | RangeError when `value` is no activation, or has a parameter that is none.
 */
export function checkActivation(name: string, value: unknown): Activation {
  if (typeof value === 'string') return checkOneOf(name, value, ACTIVATION_NAMES);
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(
      `${name} must be the name of an activation or { name, … }, got ${show(value)}; ` +
        `names: ${ACTIVATION_NAMES.join(', ')}`,
    );
  }
  const given = value as Parameters;
  checkActivationOptions(name, checkOneOf(`${name}.name`, given['name'], ACTIVATION_NAMES), given);
  return value as Activation;
}

const x = operand(0);
const zero = constant(0);
const one = constant(1);

const add = (a: Expression, b: Expression): Expression => binary('add', a, b);
const mul = (a: Expression, b: Expression): Expression => binary('mul', a, b);
const scaled = (a: Expression, factor: number): Expression => (factor === 1 ? a : mul(a, constant(factor)));
const within = (a: Expression, low: number, high: number): Expression => {
  const above = low === -Infinity ? a : binary('max', a, constant(low));
  return high === Infinity ? above : binary('min', above, constant(high));
};

/** exp(−|a|), in 0..1 */
const decay = (a: Expression): Expression => unary('exp', unary('neg', unary('abs', a)));

/** 1 / (1 + e⁻ᵃ) = e^min(a, 0) / (1 + e^−|a|) */
const sigmoid = (a: Expression): Expression =>
  binary('div', unary('exp', binary('min', a, zero)), add(one, decay(a)));

/** log(1 + eᵃ) = max(a, 0) + log(1 + e^−|a|) */
const softplus = (a: Expression): Expression => add(binary('max', a, zero), unary('log', add(one, decay(a))));

/** a > 0 ? a : alpha · (e^(a / width) − 1) */
function elu(alpha: number, width: number): Expression {
  const exponent = scaled(binary('min', x, zero), 1 / width);
  return select(x, x, scaled(binary('sub', unary('exp', exponent), one), alpha));
}

/** ½ · a · (1 + inner) */
const gated = (inner: Expression): Expression => mul(scaled(x, 0.5), add(one, inner));

/** Hendrycks and Gimpel 2016, Gaussian Error Linear Units, §2. */
function gelu(approximate: 'none' | 'tanh'): Expression {
  if (approximate === 'none') return gated(unary('erf', scaled(x, Math.SQRT1_2)));
  const cubic = add(x, scaled(mul(mul(x, x), x), 0.044715));
  return gated(unary('tanh', scaled(cubic, Math.sqrt(2 / Math.PI))));
}

/** The activation of operand 0. */
export function activationExpression(activation: Activation): Expression {
  const given = typeof activation === 'string' ? ({ name: activation } as Parametrised) : activation;
  switch (given.name) {
    case 'relu':
      return binary('max', x, zero);
    case 'relu6':
      return within(x, 0, 6);
    case 'leakyRelu':
      return select(x, x, scaled(x, given.alpha ?? 0.01));
    case 'elu':
      return elu(given.alpha ?? 1, 1);
    case 'celu':
      return elu(given.alpha ?? 1, given.alpha ?? 1);
    case 'selu':
      return scaled(elu(given.alpha ?? SELU_ALPHA, 1), given.gamma ?? SELU_GAMMA);
    case 'gelu':
      return gelu(given.approximate ?? 'none');
    case 'sigmoid':
      return sigmoid(x);
    case 'hardSigmoid':
      return within(add(scaled(x, given.alpha ?? 0.2), constant(given.beta ?? 0.5)), 0, 1);
    case 'swish':
      return mul(x, sigmoid(scaled(x, given.alpha ?? 1)));
    case 'hardSwish':
      return scaled(mul(x, within(add(x, constant(3)), 0, 6)), 1 / 6);
    case 'mish':
      return mul(x, unary('tanh', softplus(x)));
    case 'tanh':
      return unary('tanh', x);
    case 'softplus':
      return softplus(x);
    case 'softsign':
      return binary('div', x, add(one, unary('abs', x)));
    case 'clamp':
      return within(x, given.min ?? 0, given.max ?? 1);
    default:
      return assertNever(given);
  }
}
