/** Which expressions are weighted sums, and which limits say nothing about 0..1. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affineOf, withoutUnitClamp, type Affine } from '../../src/primitives/affine.ts';
import {
  binary,
  constant,
  evaluate,
  operand,
  select,
  unary,
  type Expression,
} from '../../src/primitives/expression.ts';
import { affineExpression, anyExpression } from './random-expression.ts';

const [a, b] = [operand(0), operand(1)];
const number = fc.double({ min: -3, max: 3, noNaN: true });
const valueOf = ({ constant: start, factors }: Affine, values: readonly number[]) =>
  [...factors].reduce((sum, [index, factor]) => sum + factor * values[index]!, start);

function expectNear(got: number, expected: number): void {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

describe('affineOf', () => {
  test('a weighted sum is the same sum, however it is written', () => {
    fc.assert(
      fc.property(affineExpression, fc.tuple(number, number), (expression, values) => {
        const affine = affineOf(expression);
        expect(affine).not.toBeNull();
        expectNear(valueOf(affine!, values), evaluate(expression, values));
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever is found is right', () => {
    let found = 0;
    fc.assert(
      fc.property(anyExpression, fc.tuple(number, number), (expression, values) => {
        const affine = affineOf(expression);
        if (affine === null) return;
        found++;
        expectNear(valueOf(affine, values), evaluate(expression, values));
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(100);
  });

  test('sharpen: x + (x − soft) · 1.5', () => {
    const expression = binary('add', a, binary('mul', binary('sub', a, b), constant(1.5)));
    expect(affineOf(expression)).toEqual({ constant: 0, factors: new Map([[0, 2.5], [1, -1.5]]) }); // prettier-ignore
  });

  test.each<[string, Expression]>([
    ['a product of two operands', binary('mul', a, b)],
    ['a square', binary('mul', a, a)],
    ['a quotient by an operand', binary('div', constant(1), a)],
    ['a quotient by zero', binary('div', a, constant(0))],
    ['an amount', unary('abs', a)],
    ['a power', binary('pow', a, constant(1))],
    ['a limit', binary('min', a, constant(1))],
    ['a comparison', binary('less', a, b)],
    ['a choice', select(a, a, a)],
    ['a root within a sum', binary('add', a, unary('sqrt', b))],
  ])('%s is none', (_name, expression) => {
    expect(affineOf(expression)).toBeNull();
  });
});

describe('withoutUnitClamp', () => {
  const limited = (low: number, high: number, inner: Expression = a) =>
    binary('min', binary('max', inner, constant(low)), constant(high));

  test.each<[Expression]>([
    [limited(0, 1)],
    [limited(-0.5, 2)],
    [binary('max', binary('min', a, constant(1)), constant(0))],
    [binary('min', constant(1), binary('max', constant(0), a))],
    [binary('max', a, constant(0))],
    [binary('min', a, constant(1))],
    [limited(0, 1, limited(-1, 3))],
  ])('%j is its operand', (expression) => {
    expect(withoutUnitClamp(expression)).toEqual(a);
  });

  test.each<[Expression]>([
    [a],
    [constant(1)],
    [binary('add', a, constant(1))],
    [binary('max', a, constant(0.25))],
    [binary('min', a, constant(0.75))],
    [binary('min', a, b)],
    [unary('abs', a)],
  ])('%j has no such limits', (expression) => {
    expect(withoutUnitClamp(expression)).toBeNull();
  });

  test('a limit that cuts something off stays', () => {
    expect(withoutUnitClamp(limited(0.25, 1))).toEqual(binary('max', a, constant(0.25)));
    expect(withoutUnitClamp(binary('min', binary('max', a, constant(0)), constant(0.5)))).toBeNull();
  });

  test('what is shown of it is the same', () => {
    const unit = (value: number) => Math.min(1, Math.max(0, value));
    fc.assert(
      fc.property(
        affineExpression,
        fc.tuple(number, number),
        fc.constantFrom(0, -1, 0.5),
        fc.constantFrom(1, 2, 0.25),
        (inner, values, low, high) => {
          const expression = limited(low, high, inner);
          const shown = withoutUnitClamp(expression) ?? expression;
          expect(unit(evaluate(shown, values))).toBe(unit(evaluate(expression, values)));
        },
      ),
    );
  });
});
