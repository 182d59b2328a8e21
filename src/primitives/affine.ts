/** Expressions that are a weighted sum: what commutes with every linear filter. */
import { assertNever } from '../core/assert.ts';
import type { Expression } from './expression.ts';

/** constant + Σ factors[i] · operand i; an operand that is not there has no factor. */
export type Affine = Readonly<{ constant: number; factors: ReadonlyMap<number, number> }>;

const NUMBER: (constant: number) => Affine = (constant) => ({ constant, factors: new Map() });

function combine(a: Affine, b: Affine, share: number): Affine {
  const factors = new Map(a.factors);
  b.factors.forEach((factor, index) => factors.set(index, (factors.get(index) ?? 0) + share * factor));
  return { constant: a.constant + share * b.constant, factors };
}

function scale(a: Affine, by: number): Affine {
  return combine(NUMBER(0), a, by);
}

/** Null where `expression` is no weighted sum. */
export function affineOf(expression: Expression): Affine | null {
  switch (expression.kind) {
    case 'constant':
      return NUMBER(expression.value);
    case 'operand':
      return { constant: 0, factors: new Map([[expression.index, 1]]) };
    case 'unary': {
      const a = affineOf(expression.a);
      return a !== null && expression.op === 'neg' ? scale(a, -1) : null;
    }
    case 'binary':
      return affineOfBinary(expression.op, affineOf(expression.a), affineOf(expression.b));
    case 'select':
    case 'elapsed':
      return null;
    default:
      return assertNever(expression);
  }
}

function affineOfBinary(op: string, a: Affine | null, b: Affine | null): Affine | null {
  if (a === null || b === null) return null;
  switch (op) {
    case 'add':
      return combine(a, b, 1);
    case 'sub':
      return combine(a, b, -1);
    case 'mul':
      if (b.factors.size === 0) return scale(a, b.constant);
      return a.factors.size === 0 ? scale(b, a.constant) : null;
    case 'div':
      return b.factors.size === 0 && b.constant !== 0 ? scale(a, 1 / b.constant) : null;
    default:
      return null;
  }
}

/** `expression` without what leaves the values 0 to 1 as they are around it; null where there is nothing such. */
export function withoutUnitClamp(expression: Expression): Expression | null {
  if (expression.kind !== 'binary') return null;
  const { op, a, b } = expression;
  // min(max(x, low), high) with low ≤ 0 and high ≥ 1, in either order.
  const isLoose = (one: Expression) =>
    one.kind === 'constant' && ((op === 'min' && one.value >= 1) || (op === 'max' && one.value <= 0));
  const inner = isLoose(b) ? a : isLoose(a) ? b : null;
  return inner === null ? null : (withoutUnitClamp(inner) ?? inner);
}
