/** The expression language: its values, its bounds, and operands put in the place of others. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  binary,
  constant,
  elapsedMs,
  evaluate,
  intervalOf,
  operand,
  select,
  substitute,
  unary,
  type BinaryOp,
  type Expression,
  type Interval,
  type UnaryOp,
} from '../../src/primitives/expression.ts';

const OPERANDS = 3;
const number = fc.double({ min: -1000, max: 1000, noNaN: true });

const { expression } = fc.letrec<{ expression: Expression; leaf: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(fc.constantFrom<UnaryOp>('neg', 'abs', 'sqrt'), tie('expression'))
      .map(([op, a]) => unary(op, a)),
    fc
      .tuple(
        fc.constantFrom<BinaryOp>('add', 'sub', 'mul', 'div', 'min', 'max'),
        tie('expression'),
        tie('expression'),
      )
      .map(([op, a, b]) => binary(op, a, b)),
  ),
  leaf: fc.oneof(number.map(constant), fc.nat(OPERANDS - 1).map(operand), fc.constant(elapsedMs)),
}));

/** Since the frame before, in ms. */
const elapsed = fc.double({ min: 0, max: 1000, noNaN: true });

const values = fc.array(number, { minLength: OPERANDS, maxLength: OPERANDS });
/** An interval and a value in it. */
const within = fc.tuple(number, number, number).map((three) => {
  const [low, value, high] = three.toSorted((a, b) => a - b) as [number, number, number];
  return { value, interval: { low, high } };
});

describe('evaluate', () => {
  const [a, b] = [operand(0), operand(1)];

  test.each<[Expression, number]>([
    [constant(7), 7],
    [b, 3],
    [unary('neg', a), 2],
    [unary('abs', a), 2],
    [unary('sqrt', constant(16)), 4],
    [binary('add', a, b), 1],
    [binary('sub', a, b), -5],
    [binary('mul', a, b), -6],
    [binary('div', b, a), -1.5],
    [binary('min', a, b), -2],
    [binary('max', a, b), 3],
    [binary('sub', binary('mul', a, a), unary('neg', b)), 7],
  ])('%j of −2 and 3', (one, expected) => {
    expect(evaluate(one, [-2, 3])).toBe(expected);
  });

  test('the time since the frame before, 0 where there is none', () => {
    const share = binary('sub', constant(1), unary('exp', binary('mul', elapsedMs, constant(-1 / 40))));
    expect(evaluate(share, [], 20)).toBeCloseTo(1 - Math.exp(-0.5), 15);
    expect(evaluate(select(elapsedMs, a, b), [-2, 3], 1)).toBe(-2);
    expect(evaluate(select(elapsedMs, a, b), [-2, 3])).toBe(3);
  });

  test('refuses an operand that is not there', () => {
    expect(() => evaluate(operand(2), [1, 2])).toThrow('no element 2 of 2');
  });
});

describe('intervalOf', () => {
  const x: Interval = { low: -2, high: 3 };
  const y: Interval = { low: 4, high: 5 };
  const [a, b] = [operand(0), operand(1)];

  test.each<[Expression, number, number]>([
    [constant(-1), -1, -1],
    [unary('neg', a), -3, 2],
    [unary('abs', a), 0, 3],
    [unary('abs', unary('neg', b)), 4, 5],
    [unary('sqrt', b), 2, Math.sqrt(5)],
    [unary('sqrt', a), 0, Math.sqrt(3)],
    [binary('add', a, b), 2, 8],
    [binary('sub', a, b), -7, -1],
    [binary('mul', a, b), -10, 15],
    [binary('div', a, b), -0.5, 0.75],
    [binary('div', b, a), -Infinity, Infinity],
    [binary('div', b, binary('min', a, constant(0))), -Infinity, Infinity],
    [binary('min', a, constant(1)), -2, 1],
    [binary('max', a, constant(0)), 0, 3],
    [binary('min', binary('max', a, constant(0)), constant(1)), 0, 1],
  ])('%j, no wider than needed', (one, low, high) => {
    expect(intervalOf(one, [x, y])).toEqual({ low, high });
  });

  test('contains every value that the expression takes', () => {
    fc.assert(
      fc.property(
        expression,
        fc.array(within, { minLength: OPERANDS, maxLength: OPERANDS }),
        elapsed,
        (one, given, ms) => {
          const value = evaluate(one, given.map(({ value: own }) => own), ms); // prettier-ignore
          fc.pre(!Number.isNaN(value));
          const { low, high } = intervalOf(one, given.map(({ interval }) => interval)); // prettier-ignore
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
        },
      ),
      {
        numRuns: 1000,
        examples: [
          [
            binary('mul', constant(0), binary('div', constant(1), operand(0))),
            [0, 1, 2].map(() => ({ value: 1, interval: { low: 0, high: 1 } })),
            0,
          ],
        ],
      },
    );
  });
});

describe('substitute', () => {
  test('then evaluate is evaluate, then evaluate', () => {
    const inner = fc.array(expression, { minLength: OPERANDS, maxLength: OPERANDS });
    fc.assert(
      fc.property(expression, inner, values, elapsed, (outer, replacements, given, ms) => {
        const at = (index: number): Expression => replacements[index]!;
        const once = evaluate(substitute(outer, at), given, ms);
        const twice = evaluate(outer, replacements.map((one) => evaluate(one, given, ms)), ms); // prettier-ignore
        expect(once).toBe(twice);
      }),
    );
  });

  test('of each operand by itself changes nothing', () => {
    fc.assert(
      fc.property(expression, (one) => {
        expect(substitute(one, operand)).toEqual(one);
      }),
    );
  });
});
