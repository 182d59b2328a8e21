/** Arithmetic and luma in graphs: each function adds a node and answers its value. Any rank, broadcasting. */
import type { ClampOptions } from '../ops/elementwise.ts';
import { GraphValue } from './builder.ts';

/** `[h, w, 3]` → `[h, w, 1]`, with the weights of the frame's own matrix. */
export const luma = (input: GraphValue): GraphValue => GraphValue.apply('luma', [input], {});

type ArithmeticName = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max';

function arithmetic(name: ArithmeticName) {
  return (a: GraphValue, b: GraphValue | number): GraphValue =>
    typeof b === 'number' ? GraphValue.apply(name, [a], { constant: b }) : GraphValue.apply(name, [a, b], {});
}

export const add = arithmetic('add');
export const sub = arithmetic('sub');
export const mul = arithmetic('mul');
export const div = arithmetic('div');
export const min = arithmetic('min');
export const max = arithmetic('max');

export const abs = (input: GraphValue): GraphValue => GraphValue.apply('abs', [input], {});

/** √(a² + b²) */
export const magnitude = (a: GraphValue, b: GraphValue): GraphValue =>
  GraphValue.apply('magnitude', [a, b], {});

/** Limits values, by default to 0..1. */
export const clamp = (input: GraphValue, options: ClampOptions = {}): GraphValue =>
  GraphValue.apply('clamp', [input], options);
