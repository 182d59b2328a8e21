/**
 * Arithmetic that can be done before any pixel is there: numbers with numbers. The form never depends on what a number
 * is (x · 1 stays a product), so a slider that passes through 0 or 1 makes no new program.
 */
import { assertNever } from '../core/assert.ts';
import { binary, constant, evaluate, select, unary, type Expression } from './expression.ts';

export function simplifyExpression(expression: Expression): Expression {
  switch (expression.kind) {
    case 'constant':
    case 'operand':
    case 'elapsed':
      return expression;
    case 'unary': {
      const a = simplifyExpression(expression.a);
      return folded(unary(expression.op, a), [a]);
    }
    case 'binary': {
      const [a, b] = [simplifyExpression(expression.a), simplifyExpression(expression.b)];
      return folded(binary(expression.op, a, b), [a, b]);
    }
    case 'select': {
      const condition = simplifyExpression(expression.condition);
      const [a, b] = [simplifyExpression(expression.a), simplifyExpression(expression.b)];
      if (condition.kind === 'constant') return condition.value > 0 ? a : b;
      return select(condition, a, b);
    }
    default:
      return assertNever(expression);
  }
}

function folded(expression: Expression, parts: readonly Expression[]): Expression {
  if (!parts.every(({ kind }) => kind === 'constant')) return expression;
  const value = evaluate(expression, []);
  // What is not finite stays as it was written: a shader has no literal for it.
  return Number.isFinite(value) ? constant(value) : expression;
}
