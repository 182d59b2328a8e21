/**
 * The expression language that epilogues and maps share: a small tree of elementwise arithmetic.
 * Each backend emits it in its own language; `evaluate` runs it in float64 for the reference.
 * A value with one channel broadcasts over the channels of the others.
 */
import { assertNever, at } from '../core/assert.ts';
import { erf } from '../core/erf.ts';

export type UnaryOp = 'neg' | 'abs' | 'sqrt' | 'exp' | 'log' | 'tanh' | 'erf' | 'floor' | 'sign';
/** less(a, b) is 1 where a < b, else 0; pow(a, b) is |a|ᵇ. */
export type BinaryOp = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pow' | 'less';

export type Expression =
  | Readonly<{ kind: 'constant'; value: number }>
  /** The value of operand `index` at this position. */
  | Readonly<{ kind: 'operand'; index: number }>
  | Readonly<{ kind: 'unary'; op: UnaryOp; a: Expression }>
  | Readonly<{ kind: 'binary'; op: BinaryOp; a: Expression; b: Expression }>
  /** `a` where `condition` > 0, else `b`; what is not chosen may be NaN. */
  | Readonly<{ kind: 'select'; condition: Expression; a: Expression; b: Expression }>
  /** Milliseconds since the frame before; 0 at the first one. */
  | Readonly<{ kind: 'elapsed' }>;

export const constant = (value: number): Expression => ({ kind: 'constant', value });
export const operand = (index: number): Expression => ({ kind: 'operand', index });
export const unary = (op: UnaryOp, a: Expression): Expression => ({ kind: 'unary', op, a });
export const binary = (op: BinaryOp, a: Expression, b: Expression): Expression => ({
  kind: 'binary',
  op,
  a,
  b,
});
export const select = (condition: Expression, a: Expression, b: Expression): Expression => ({
  kind: 'select',
  condition,
  a,
  b,
});

export const elapsedMs: Expression = { kind: 'elapsed' };

/** Whether its value depends on when the frame before was. */
export function asksElapsed(expression: Expression): boolean {
  switch (expression.kind) {
    case 'constant':
    case 'operand':
      return false;
    case 'elapsed':
      return true;
    case 'unary':
      return asksElapsed(expression.a);
    case 'binary':
      return asksElapsed(expression.a) || asksElapsed(expression.b);
    case 'select':
      return [expression.condition, expression.a, expression.b].some(asksElapsed);
    default:
      return assertNever(expression);
  }
}

/** Every operand replaced by what `replace` gives for its index. */
export function substitute(expression: Expression, replace: (index: number) => Expression): Expression {
  const inner = (one: Expression) => substitute(one, replace);
  switch (expression.kind) {
    case 'constant':
    case 'elapsed':
      return expression;
    case 'operand':
      return replace(expression.index);
    case 'unary':
      return unary(expression.op, inner(expression.a));
    case 'binary':
      return binary(expression.op, inner(expression.a), inner(expression.b));
    case 'select':
      return select(inner(expression.condition), inner(expression.a), inner(expression.b));
    default:
      return assertNever(expression);
  }
}

/**
 * The value of `expression` in float64.
 * @param elapsed ms since the frame before.
 */
export function evaluate(expression: Expression, operands: ArrayLike<number>, elapsed = 0): number {
  const value = (one: Expression) => evaluate(one, operands, elapsed);
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'elapsed':
      return elapsed;
    case 'operand':
      return at(operands, expression.index);
    case 'unary':
      return unaryValue(expression.op, value(expression.a));
    case 'binary':
      return binaryValue(expression.op, value(expression.a), value(expression.b));
    case 'select':
      return value(expression.condition) > 0 ? value(expression.a) : value(expression.b);
    default:
      return assertNever(expression);
  }
}

function unaryValue(op: UnaryOp, a: number): number {
  switch (op) {
    case 'neg':
      return -a;
    case 'abs':
      return Math.abs(a);
    case 'sqrt':
      return Math.sqrt(a);
    case 'exp':
      return Math.exp(a);
    case 'log':
      return Math.log(a);
    case 'tanh':
      return Math.tanh(a);
    case 'erf':
      return erf(a);
    case 'floor':
      return Math.floor(a);
    case 'sign':
      return Math.sign(a);
    default:
      return assertNever(op);
  }
}

function binaryValue(op: BinaryOp, a: number, b: number): number {
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return a / b;
    case 'min':
      return Math.min(a, b);
    case 'max':
      return Math.max(a, b);
    case 'pow':
      return Math.abs(a) ** b;
    case 'less':
      return a < b ? 1 : 0;
    default:
      return assertNever(op);
  }
}

/** All that a value can be: it decides which texel formats can hold it. */
export type Interval = Readonly<{ low: number; high: number }>;

export const UNIT: Interval = { low: 0, high: 1 };
export const ANY: Interval = { low: -Infinity, high: Infinity };

/** Bounds of `expression` where each operand stays within its own (interval arithmetic, never too narrow). */
export function intervalOf(expression: Expression, operands: readonly Interval[]): Interval {
  switch (expression.kind) {
    case 'constant':
      return { low: expression.value, high: expression.value };
    case 'operand':
      return at(operands, expression.index);
    case 'elapsed':
      return { low: 0, high: Infinity };
    case 'unary':
      return unaryInterval(expression.op, intervalOf(expression.a, operands));
    case 'binary':
      return binaryInterval(
        expression.op,
        intervalOf(expression.a, operands),
        intervalOf(expression.b, operands),
      );
    case 'select': {
      const [a, b] = [intervalOf(expression.a, operands), intervalOf(expression.b, operands)];
      return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
    }
    default:
      return assertNever(expression);
  }
}

function unaryInterval(op: UnaryOp, a: Interval): Interval {
  switch (op) {
    case 'neg':
      return { low: -a.high, high: -a.low };
    case 'abs': {
      const high = Math.max(Math.abs(a.low), Math.abs(a.high));
      const low = a.low <= 0 && a.high >= 0 ? 0 : Math.min(Math.abs(a.low), Math.abs(a.high));
      return { low, high };
    }
    case 'sqrt':
      return { low: Math.sqrt(Math.max(0, a.low)), high: Math.sqrt(Math.max(0, a.high)) };
    // These never fall, so the bounds map to bounds.
    case 'exp':
    case 'tanh':
    case 'erf':
    case 'floor':
    case 'sign':
      return { low: unaryValue(op, a.low), high: unaryValue(op, a.high) };
    case 'log':
      return { low: Math.log(Math.max(0, a.low)), high: Math.log(Math.max(0, a.high)) };
    default:
      return assertNever(op);
  }
}

function binaryInterval(op: BinaryOp, a: Interval, b: Interval): Interval {
  switch (op) {
    case 'add':
      return outwards(a.low + b.low, a.high + b.high);
    case 'sub':
      return outwards(a.low - b.high, a.high - b.low);
    case 'mul':
      return hull([a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]);
    case 'div':
      if (b.low <= 0 && b.high >= 0) return { low: -Infinity, high: Infinity };
      return hull([a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high]);
    case 'min':
      return { low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) };
    case 'max':
      return { low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) };
    case 'less':
      return { low: a.high < b.low ? 1 : 0, high: a.low < b.high ? 1 : 0 };
    case 'pow':
      return powInterval(unaryInterval('abs', a), b);
    default:
      return assertNever(op);
  }
}

/** |a|ᵇ falls or rises along each of its two: the corners bound it. */
function powInterval(a: Interval, b: Interval): Interval {
  return hull([a.low ** b.low, a.low ** b.high, a.high ** b.low, a.high ** b.high]);
}

function hull(corners: readonly number[]): Interval {
  // 0 · ∞: the bound is never reached, and 0 times any value below it is 0.
  const reached = corners.map((corner) => (Number.isNaN(corner) ? 0 : corner));
  return { low: Math.min(...reached), high: Math.max(...reached) };
}

/** ∞ − ∞ may be anything. */
function outwards(low: number, high: number): Interval {
  return { low: Number.isNaN(low) ? -Infinity : low, high: Number.isNaN(high) ? Infinity : high };
}
