/** Reductions over whole axes: sum, mean, max, min, L2 norm. WebNN's operators of the same names. */
import { at } from '../core/assert.ts';
import { show } from '../core/check.ts';
import { showShape, sizeOf, type Shape, type Tensor64 } from '../core/tensor.ts';
import { binary, constant, operand, unary, type Expression } from '../primitives/expression.ts';
import { broadcastIndices, checkAxis, checkInputCount, checkRank } from './broadcast.ts';
import type { Lowering, Op, SymbolicShape } from './op.ts';

export type ReduceOptions = Readonly<{
  /** From 0, or from the end where negative. Default all. */
  axes?: readonly number[];
  /** Whether reduced axes stay, with size 1. Default false. */
  keepDimensions?: boolean;
}>;

/** How the elements of a reduction become one. */
export type ReduceFormula = Readonly<{
  initial: number;
  /** Operand 0 is the accumulator, operand 1 the element. */
  fold: Expression;
  /** Operand 0 is the accumulator; `count` elements went in. */
  finish: (count: number) => Expression;
}>;

const sum = binary('add', operand(0), operand(1));
const squares = binary('add', operand(0), binary('mul', operand(1), operand(1)));

export const SUM: ReduceFormula = { initial: 0, fold: sum, finish: () => operand(0) };
export const MEAN: ReduceFormula = {
  initial: 0,
  fold: sum,
  finish: (count) => binary('mul', operand(0), constant(1 / count)),
};
export const MEAN_SQUARE: ReduceFormula = { ...MEAN, fold: squares };
export const MAX: ReduceFormula = {
  initial: -Infinity,
  fold: binary('max', operand(0), operand(1)),
  finish: () => operand(0),
};
const MIN: ReduceFormula = {
  initial: Infinity,
  fold: binary('min', operand(0), operand(1)),
  finish: () => operand(0),
};
const L2: ReduceFormula = { initial: 0, fold: squares, finish: () => unary('sqrt', operand(0)) };

/** `shape` with size 1 on `axes`. */
export function keptShape<Size>(shape: readonly Size[], axes: readonly number[]): (Size | 1)[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** Adds a reduction of `input` over `axes`; they stay with size 1. */
export function lowerReduce(
  input: number,
  axes: readonly number[],
  formula: ReduceFormula,
  lowering: Lowering,
): number {
  const full = lowering.shapeOf(input);
  const shape = keptShape(full, axes);
  return lowering.add({
    kind: 'reduce',
    input,
    shape,
    axes,
    initial: formula.initial,
    fold: formula.fold,
    finish: formula.finish(sizeOf(full) / sizeOf(shape)),
  });
}

/** The elements that each output element of a reduction is made of; reduced axes stay with size 1. */
export function reduceGroups(
  { shape, data }: Tensor64,
  axes: readonly number[],
  value: (elements: readonly number[]) => number,
): Tensor64 {
  const kept: Shape = keptShape(shape, axes);
  const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  const target = broadcastIndices(kept, shape);
  data.forEach((element, i) => at(groups, at(target, i)).push(element));
  return { shape: kept, data: Float64Array.from(groups, value) };
}

function resolveAxes(options: ReduceOptions, rank: number, where: string): readonly number[] {
  const { axes = Array.from({ length: rank }, (_, axis) => axis) } = options;
  if (!Array.isArray(axes)) throw new TypeError(`${where}: options.axes must be an array, got ${show(axes)}`);
  const resolved = axes.map((axis: unknown, i) => checkAxis(`${where}: options.axes[${i}]`, axis, rank));
  if (new Set(resolved).size !== resolved.length) {
    throw new RangeError(`${where}: options.axes must name each axis once, got ${show(axes)}`);
  }
  return resolved;
}

function reduction(
  name: string,
  formula: ReduceFormula,
  value: (elements: readonly number[]) => number,
): Op<ReduceOptions> {
  const finalShape = <Size>(shape: readonly Size[], axes: readonly number[], keep = false): (Size | 1)[] =>
    keep ? keptShape(shape, axes) : shape.filter((_, axis) => !axes.includes(axis));
  return {
    name,
    inferShape(inputs, options, where): SymbolicShape {
      checkInputCount(where, inputs, 1);
      const shape = at(inputs, 0);
      checkRank(where, shape);
      const { keepDimensions } = options;
      if (keepDimensions !== undefined && typeof keepDimensions !== 'boolean') {
        throw new TypeError(
          `${where}: options.keepDimensions must be true | false, got ${show(keepDimensions)}`,
        );
      }
      return finalShape(shape, resolveAxes(options, shape.length, where), keepDimensions);
    },
    reference(inputs, options) {
      const input = at(inputs, 0);
      const axes = resolveAxes(options, input.shape.length, name);
      const shape = finalShape(input.shape, axes, options.keepDimensions);
      return { shape, data: reduceGroups(input, axes, value).data };
    },
    lower(inputs, options, shape, lowering) {
      const input = at(inputs, 0);
      const axes = resolveAxes(options, lowering.shapeOf(input).length, name);
      const reduced = lowerReduce(input, axes, formula, lowering);
      if (showShape(lowering.shapeOf(reduced)) === showShape(shape)) return reduced;
      return lowering.add({ kind: 'reshape', input: reduced, shape });
    },
  };
}

const total = (elements: readonly number[]): number => elements.reduce((all, one) => all + one, 0);

export const reduceSum = reduction('reduceSum', SUM, total);
export const reduceMean = reduction('reduceMean', MEAN, (elements) => total(elements) / elements.length);
export const reduceMax = reduction('reduceMax', MAX, (elements) => elements.reduce((a, b) => Math.max(a, b)));
export const reduceMin = reduction('reduceMin', MIN, (elements) => elements.reduce((a, b) => Math.min(a, b)));
/** √Σx² */
export const reduceL2 = reduction('reduceL2', L2, (elements) => Math.sqrt(total(elements.map((x) => x * x))));
