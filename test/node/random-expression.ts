/** Random expressions over two operands. */
import fc from 'fast-check';
import {
  binary,
  constant,
  operand,
  select,
  unary,
  type Expression,
} from '../../src/primitives/expression.ts';

const leaves = [
  fc.constantFrom(operand(0), operand(1)),
  fc.constantFrom(-2, -1, -0.5, 0, 0.25, 1, 3).map(constant),
];

/** All of the language. */
export const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    ...leaves,
    fc
      .tuple(fc.constantFrom('neg' as const, 'abs' as const, 'sqrt' as const, 'exp' as const, 'log' as const, 'tanh' as const, 'erf' as const, 'floor' as const, 'sign' as const), tie('tree'))
      .map(([op, a]) => unary(op, a)), // prettier-ignore
    fc
      .tuple(fc.constantFrom('add' as const, 'sub' as const, 'mul' as const, 'div' as const, 'min' as const, 'max' as const, 'pow' as const, 'less' as const), tie('tree'), tie('tree'))
      .map(([op, a, b]) => binary(op, a, b)), // prettier-ignore
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([condition, a, b]) => select(condition, a, b)),
  ),
})).tree;

/** Sums, differences, negatives, and products and quotients with a number: weighted sums, however written. */
export const affineExpression: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    ...leaves,
    tie('tree').map((a) => unary('neg', a)),
    fc.tuple(fc.constantFrom('add' as const, 'sub' as const), tie('tree'), tie('tree')).map(([op, a, b]) => binary(op, a, b)), // prettier-ignore
    fc
      .tuple(tie('tree'), fc.constantFrom(-2, 0.5, 0, 3))
      .map(([a, factor]) => binary('mul', a, constant(factor))),
    fc
      .tuple(tie('tree'), fc.constantFrom(-2, 0.5, 3))
      .map(([a, factor]) => binary('mul', constant(factor), a)),
    fc.tuple(tie('tree'), fc.constantFrom(-2, 0.5, 3)).map(([a, by]) => binary('div', a, constant(by))),
  ),
})).tree;
