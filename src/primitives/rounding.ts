/** Values rounded to steps, as an expression: backends that store bytes round by themselves. */
import { binary, constant, unary, type Expression } from './expression.ts';

/** Steps between 0 and 1 in a byte. */
export const BYTE_STEPS = 255;

/** ⌊min(max(x, 0), 1) · steps + ½⌋ / steps */
export function roundedTo(steps: number, x: Expression): Expression {
  const limited = binary('min', binary('max', x, constant(0)), constant(1));
  const scaled = binary('add', binary('mul', limited, constant(steps)), constant(0.5));
  return binary('div', unary('floor', scaled), constant(steps));
}

/** The x of an expression that is `roundedTo(BYTE_STEPS, x)`; null for any other. */
export function roundedToBytes(expression: Expression): Expression | null {
  if (expression.kind !== 'binary' || expression.a.kind !== 'unary') return null;
  const [limited] = [expression.a.a].flatMap((sum) => (sum.kind === 'binary' && sum.a.kind === 'binary' ? [sum.a.a] : [])); // prettier-ignore
  if (limited?.kind !== 'binary' || limited.a.kind !== 'binary') return null;
  const x = limited.a.a;
  return JSON.stringify(roundedTo(BYTE_STEPS, x)) === JSON.stringify(expression) ? x : null;
}
