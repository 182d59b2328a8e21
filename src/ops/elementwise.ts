/**
 * The elementwise family: arithmetic and blends on tensors of any rank, which broadcast as NumPy's do.
 * Each member is one expression for the backends and the same formula in plain float64 as its reference.
 */
import { at } from '../core/assert.ts';
import { checkInteger, checkNumber } from '../core/check.ts';
import { binary, constant, operand, unary, type Expression } from '../primitives/expression.ts';
import type { Op } from './op.ts';
import { roundedTo } from '../primitives/rounding.ts';
import { pointwiseOp, type NoOptions } from './pointwise-op.ts';

export { clamp } from './activation.ts';
export type { ClampOptions } from './activation-expression.ts';
export type { NoOptions } from './pointwise-op.ts';

/** A constant in the place of the second input. */
export type ArithmeticOptions = Readonly<{ constant?: number }>;

type ArithmeticName = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pow';

function arithmetic(
  name: ArithmeticName,
  value: (a: number, b: number) => number,
  expression: (a: Expression, b: Expression) => Expression = (a, b) => binary(name, a, b),
): Op<ArithmeticOptions> {
  return pointwiseOp<ArithmeticOptions>({
    name,
    inputs: (options) => (options.constant === undefined ? 2 : 1),
    hint: ' (one with options.constant)',
    expression: (options) =>
      expression(operand(0), options.constant === undefined ? operand(1) : constant(options.constant)),
    reference: (elements, options) => value(at(elements, 0), options.constant ?? at(elements, 1)),
    check: (options, where) => {
      if (options.constant !== undefined) checkNumber(`${where}: the constant`, options.constant);
    },
  });
}

export const add = arithmetic('add', (a, b) => a + b);
export const sub = arithmetic('sub', (a, b) => a - b);
export const mul = arithmetic('mul', (a, b) => a * b);
export const div = arithmetic('div', (a, b) => a / b);
export const min = arithmetic('min', (a, b) => Math.min(a, b));
export const max = arithmetic('max', (a, b) => Math.max(a, b));

/** 1 where b is an odd whole number, else 0: b − 2⌊b / 2⌋ is 1 there alone. */
function oddness(b: Expression): Expression {
  if (b.kind === 'constant') return constant(Math.abs(b.value % 2) === 1 ? 1 : 0);
  const rest = binary('sub', b, binary('mul', constant(2), unary('floor', binary('mul', b, constant(0.5)))));
  const one = constant(1);
  return binary('sub', binary('sub', one, binary('less', rest, one)), binary('less', one, rest));
}

function powExpression(a: Expression, b: Expression): Expression {
  if (b.kind === 'constant' && b.value === 2) return binary('mul', a, a);
  const size = binary('pow', a, b);
  const odd = oddness(b);
  if (odd.kind === 'constant' && odd.value === 0) return size;
  // 1 − 2 · odd · (a < 0): the sign of the result.
  const flip = binary('mul', constant(2), binary('mul', odd, binary('less', a, constant(0))));
  return binary('mul', size, binary('sub', constant(1), flip));
}

/** aᵇ. A negative a has no real power of a broken b: there it is |a|ᵇ. */
export const pow = arithmetic('pow', (a, b) => (Number.isInteger(b) ? a : Math.abs(a)) ** b, powExpression);

function unaryOp(name: 'abs' | 'neg' | 'sqrt' | 'exp' | 'log', value: (a: number) => number): Op<NoOptions> {
  return pointwiseOp<NoOptions>({
    name,
    expression: () => unary(name, operand(0)),
    reference: (elements) => value(at(elements, 0)),
  });
}

export const abs = unaryOp('abs', Math.abs);
export const neg = unaryOp('neg', (a) => -a);
/** √a; NaN below 0. */
export const sqrt = unaryOp('sqrt', Math.sqrt);
/** eᵃ; infinite above 88 in float32. */
export const exp = unaryOp('exp', Math.exp);
/** The natural logarithm; −∞ at 0, NaN below. */
export const log = unaryOp('log', Math.log);

/** √(a² + b²): the length of a gradient from its two parts. */
export const magnitude = pointwiseOp<NoOptions>({
  name: 'magnitude',
  inputs: 2,
  expression: () =>
    unary(
      'sqrt',
      binary('add', binary('mul', operand(0), operand(0)), binary('mul', operand(1), operand(1))),
    ),
  reference: ([a = 0, b = 0]) => Math.hypot(a, b),
});

export type MixOptions = Readonly<{
  /** The share of the second input, in the place of a third one. */
  amount?: number;
}>;

/** a + (b − a) · amount: GLSL's mix. The amount is an option or the third input. */
export const mix = pointwiseOp<MixOptions>({
  name: 'mix',
  inputs: (options) => (options.amount === undefined ? 3 : 2),
  hint: ' (two with options.amount)',
  expression: ({ amount }) =>
    binary(
      'add',
      operand(0),
      binary(
        'mul',
        binary('sub', operand(1), operand(0)),
        amount === undefined ? operand(2) : constant(amount),
      ),
    ),
  reference: ([a = 0, b = 0, t = 0], { amount = t }) => a * (1 - amount) + b * amount,
  check: ({ amount }, where) => {
    if (amount !== undefined) checkNumber(`${where}: options.amount`, amount);
  },
});

export type ThresholdOptions = Readonly<{
  /** Default 0.5. */
  threshold?: number;
}>;

/** 1 where the input is at least the threshold, else 0: GLSL's step. */
export const threshold = pointwiseOp<ThresholdOptions>({
  name: 'threshold',
  expression: (options) =>
    binary('sub', constant(1), binary('less', operand(0), constant(options.threshold ?? 0.5))),
  reference: ([a = 0], options) => (a >= (options.threshold ?? 0.5) ? 1 : 0),
  check: (options, where) => {
    checkNumber(`${where}: options.threshold`, options.threshold ?? 0.5);
  },
});

export type QuantizeOptions = Readonly<{
  /** 1 to 8. Default 8. */
  bits?: number;
}>;

/** How many steps lie between 0 and 1. */
const stepsOf = ({ bits = 8 }: QuantizeOptions): number => 2 ** bits - 1;

/**
 * To the nearest of 2^bits levels from 0 to 1: ⌊min(max(x, 0), 1) · L + ½⌋ / L with L = 2^bits − 1. Eight bits are what
 * textures of bytes hold, so what is rounded to them on its way takes a quarter of the memory, and is filtered faster.
 */
export const quantize = pointwiseOp<QuantizeOptions>({
  name: 'quantize',
  expression: (options) => roundedTo(stepsOf(options), operand(0)),
  reference: ([x = 0], options) => {
    const steps = stepsOf(options);
    return Math.floor(Math.min(Math.max(x, 0), 1) * steps + 0.5) / steps;
  },
  check: ({ bits = 8 }, where) => {
    checkInteger(`${where}: options.bits`, bits, { min: 1, max: 8 });
  },
});

export type SmoothstepOptions = Readonly<{
  /** Where the rise from 0 begins. Default 0. */
  edge0?: number;
  /** Where it ends at 1. > edge0. Default 1. */
  edge1?: number;
}>;

/** t² · (3 − 2t) with t = (x − edge0) / (edge1 − edge0), limited to 0..1. GLSL ES 3.00 §8.3. */
export const smoothstep = pointwiseOp<SmoothstepOptions>({
  name: 'smoothstep',
  expression: ({ edge0 = 0, edge1 = 1 }) => {
    const share = binary('mul', binary('sub', operand(0), constant(edge0)), constant(1 / (edge1 - edge0)));
    const t = binary('min', binary('max', share, constant(0)), constant(1));
    const ramp = binary('sub', constant(3), binary('mul', constant(2), t));
    return binary('mul', binary('mul', t, t), ramp);
  },
  reference: ([x = 0], { edge0 = 0, edge1 = 1 }) => {
    if (x <= edge0) return 0;
    if (x >= edge1) return 1;
    const t = (x - edge0) / (edge1 - edge0);
    return 3 * t ** 2 - 2 * t ** 3;
  },
  check: ({ edge0 = 0, edge1 = 1 }, where) => {
    checkNumber(`${where}: options.edge0`, edge0);
    checkNumber(`${where}: options.edge1`, edge1, { min: edge0, exclusiveMin: true });
  },
});
