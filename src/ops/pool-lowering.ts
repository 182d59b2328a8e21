/**
 * Pools as primitives. An average whose windows all count alike is a `linear` with equal weights, which the planner
 * can take apart into rows and columns; the others are folds.
 */
import { at } from '../core/assert.ts';
import { sizeOf, type Shape } from '../core/tensor.ts';
import { binary, constant, operand, select, unary, type Expression } from '../primitives/expression.ts';
import type { Lowering } from './op.ts';
import { windowTaps, type PlacedWindow } from './window-geometry.ts';

/** The least float32: what max starts from. */
const LOWEST = -3.4028234663852886e38;

const ACC = operand(0);
const VALUE = operand(1);
const COUNT = operand(1);

/** How many of an axis' taps lie at 0 … limit − 1, for each output position. */
function axisCounts(placed: PlacedWindow, axis: number, over: 'inside' | 'padded'): number[] {
  const [begin, end] = at(placed.pads, axis);
  const first = over === 'inside' ? 0 : -begin;
  const limit = at(placed.input, axis) + (over === 'inside' ? 0 : end);
  return Array.from({ length: at(placed.output, axis) }, (_, p) => {
    let count = 0;
    for (let k = 0; k < at(placed.extent, axis); k++) {
      const position = p * at(placed.strides, axis) + k * at(placed.dilations, axis) - begin;
      if (position >= first && position < limit) count++;
    }
    return count;
  });
}

const allCounts = (placed: PlacedWindow, over: 'inside' | 'padded'): number[][] =>
  placed.extent.map((_, axis) => axisCounts(placed, axis, over));

/** Whether some window lies in the padding altogether. */
const seesNothing = (placed: PlacedWindow): boolean =>
  allCounts(placed, 'inside').some((counts) => counts.includes(0));

function fold(
  input: number,
  placed: PlacedWindow,
  shape: Shape,
  how: Readonly<{ initial: number; fold: Expression; finish: Expression }>,
  lowering: Lowering,
): number {
  return lowering.add({
    kind: 'fold',
    input,
    shape,
    taps: windowTaps(placed),
    strides: placed.strides,
    ...how,
  });
}

export function lowerMax(input: number, placed: PlacedWindow, shape: Shape, lowering: Lowering): number {
  const finish = seesNothing(placed) ? select(COUNT, ACC, constant(0)) : ACC;
  return fold(input, placed, shape, { initial: LOWEST, fold: binary('max', ACC, VALUE), finish }, lowering);
}

/** |x|ᵖ */
export function powered(x: Expression, p: number): Expression {
  if (p === 1) return unary('abs', x);
  return p === 2 ? binary('mul', x, x) : binary('pow', x, constant(p));
}

/** x^(1/p), of what is not below 0 */
export function rooted(x: Expression, p: number): Expression {
  if (p === 1) return x;
  return p === 2 ? unary('sqrt', x) : binary('pow', x, constant(1 / p));
}

export function lowerLp(
  input: number,
  placed: PlacedWindow,
  shape: Shape,
  p: number,
  lowering: Lowering,
): number {
  const how = { initial: 0, fold: binary('add', ACC, powered(VALUE, p)), finish: rooted(ACC, p) };
  return fold(input, placed, shape, how, lowering);
}

/** `by`: a number, or what the window's elements are counted over. */
export function lowerAverage(
  input: number,
  placed: PlacedWindow,
  shape: Shape,
  by: number | 'inside' | 'padded',
  lowering: Lowering,
): number {
  const full = sizeOf(placed.extent);
  if (typeof by === 'number') return equalWeights(input, placed, shape, 1 / by, lowering);
  const counts = allCounts(placed, by);
  const isWhole = counts.every((axis, i) => axis.every((count) => count === placed.extent[i]));
  if (isWhole) return equalWeights(input, placed, shape, 1 / full, lowering);
  if (by === 'inside') {
    const finish = binary('div', ACC, binary('max', COUNT, constant(1)));
    return fold(input, placed, shape, { initial: 0, fold: binary('add', ACC, VALUE), finish }, lowering);
  }
  // A fold counts the taps inside the input, and here those in the padding count too: Σ x / full, put right by
  // full / count, which is a product over the axes.
  const mean = equalWeights(input, placed, shape, 1 / full, lowering);
  const factors = counts.flatMap((axis, i) => axisFactor(axis, i, placed, lowering));
  const expression = factors.reduce<Expression>(
    (product, _, i) => binary('mul', product, operand(i + 1)),
    ACC,
  );
  return lowering.add({ kind: 'stencil', inputs: [mean, ...factors], shape, expression });
}

/** extent / count along one axis, where that isn't 1 everywhere. */
function axisFactor(
  counts: readonly number[],
  axis: number,
  placed: PlacedWindow,
  lowering: Lowering,
): number[] {
  const extent = at(placed.extent, axis);
  if (counts.every((count) => count === extent)) return [];
  const shape = [...placed.extent.map((_, i) => (i === axis ? counts.length : 1)), 1];
  const data = Float32Array.from(counts, (count) => extent / Math.max(1, count));
  return [lowering.add({ kind: 'constant', shape, data })];
}

function equalWeights(
  input: number,
  placed: PlacedWindow,
  shape: Shape,
  weight: number,
  lowering: Lowering,
): number {
  return lowering.add({
    kind: 'linear',
    input,
    shape,
    taps: windowTaps(placed),
    strides: placed.strides,
    upsample: placed.strides.map(() => 1),
    channels: 'shared',
    groups: 1,
    weights: new Float32Array(sizeOf(placed.extent)).fill(weight),
    bias: null,
    edge: 'zero',
  });
}
