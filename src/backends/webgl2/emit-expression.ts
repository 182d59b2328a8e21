/** Expressions → GLSL. Constants are uniforms: a slider changes a number, never a program. */
import { assertNever } from '../../core/assert.ts';
import type { BinaryOp, Expression } from '../../primitives/expression.ts';

/** Collects the numbers of a pass; `add` answers the GLSL that reads one. */
export class UniformWriter {
  readonly #name: string;
  readonly values: number[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  add(value: number): string {
    const index = this.values.push(value) - 1;
    return `${this.#name}[${index >> 2}].${'xyzw'.charAt(index & 3)}`;
  }

  /** The array's declaration, empty when nothing was added. */
  declaration(): string {
    const vectors = Math.ceil(this.values.length / 4);
    return vectors === 0 ? '' : `uniform vec4 ${this.#name}[${vectors}];`;
  }
}

const INFIX: Partial<Record<BinaryOp, string>> = { add: '+', sub: '-', mul: '*', div: '/' };

/** @param operands GLSL of type vec4 for each operand. */
export function emitExpression(
  expression: Expression,
  operands: readonly string[],
  constants: UniformWriter,
): string {
  const emit = (one: Expression): string => {
    switch (one.kind) {
      case 'constant':
        return `vec4(${constants.add(one.value)})`;
      case 'operand':
        return operands[one.index] ?? 'vec4(0.0)';
      case 'unary':
        return one.op === 'neg' ? `(-${emit(one.a)})` : `${one.op}(${emit(one.a)})`;
      case 'binary': {
        const infix = INFIX[one.op];
        const [a, b] = [emit(one.a), emit(one.b)];
        return infix === undefined ? `${one.op}(${a}, ${b})` : `(${a} ${infix} ${b})`;
      }
      default:
        return assertNever(one);
    }
  };
  return emit(expression);
}
