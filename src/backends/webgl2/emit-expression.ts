/** Expressions → GLSL. Constants are uniforms: a slider changes a number, never a program. */
import { assertNever } from '../../core/assert.ts';
import type { BinaryOp, Expression, UnaryOp } from '../../primitives/expression.ts';
import { glslFloat, type UniformValue } from './emitted-term.ts';

/** Where the numbers of an expression go: `add` answers the GLSL that reads one. */
export interface NumberWriter {
  add(value: number): string;
}

/** Numbers in the program itself. */
export const LITERALS: NumberWriter = { add: glslFloat };

/** Collects the numbers of a pass. */
export class UniformWriter implements NumberWriter {
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

  /** The numbers, in whole vectors; none when nothing was added. */
  uniforms(): readonly UniformValue[] {
    if (this.values.length === 0) return [];
    const values = new Float32Array(4 * Math.ceil(this.values.length / 4));
    values.set(this.values);
    return [{ name: this.#name, type: 'vec4', values }];
  }
}

const INFIX: Partial<Record<BinaryOp, string>> = { add: '+', sub: '-', mul: '*', div: '/' };

/** Where GLSL's own differ: names of the functions below. */
const UNARY: Partial<Record<UnaryOp, string>> = { tanh: 'safeTanh', erf: 'errorFunction' };

/**
 * GLSL's tanh overflows to NaN past ±88. erf: Abramowitz & Stegun 7.1.26, error below 1.5e-7.
 */
const EXPRESSION_FUNCTIONS = `vec4 safeTanh(vec4 x) { return tanh(clamp(x, -15.0, 15.0)); }
vec4 errorFunction(vec4 x) {
  vec4 t = 1.0 / (1.0 + 0.3275911 * abs(x));
  vec4 sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sign(x) * (1.0 - sum * exp(-x * x));
}`;

/** @param operands GLSL of type vec4 for each operand. */
export function emitExpression(
  expression: Expression,
  operands: readonly string[],
  constants: NumberWriter,
): string {
  const emit = (one: Expression): string => {
    switch (one.kind) {
      case 'constant':
        return `vec4(${constants.add(one.value)})`;
      case 'operand':
        return operands[one.index] ?? 'vec4(0.0)';
      case 'unary':
        return one.op === 'neg' ? `(-${emit(one.a)})` : `${UNARY[one.op] ?? one.op}(${emit(one.a)})`;
      case 'binary':
        return emitBinary(one.op, emit(one.a), emit(one.b));
      case 'elapsed':
        return 'vec4(uClock.x)';
      case 'select':
        return `mix(${emit(one.b)}, ${emit(one.a)}, greaterThan(${emit(one.condition)}, vec4(0.0)))`;
      default:
        return assertNever(one);
    }
  };
  return emit(expression);
}

function emitBinary(op: BinaryOp, a: string, b: string): string {
  if (op === 'less') return `vec4(lessThan(${a}, ${b}))`;
  if (op === 'pow') return `pow(abs(${a}), ${b})`;
  const infix = INFIX[op];
  return infix === undefined ? `${op}(${a}, ${b})` : `(${a} ${infix} ${b})`;
}

/** The functions that `body` calls: most call none. */
export function functionsFor(body: string): string {
  return /safeTanh|errorFunction/.test(body) ? EXPRESSION_FUNCTIONS : '';
}
