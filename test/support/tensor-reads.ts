/** Where the elements of a tensor are, and what reads of it give: what the runner of primitives is made of. */
import { assertNever, at } from '../../src/core/assert.ts';
import { showShape, sizeOf, type Shape, type Tensor64 } from '../../src/core/tensor.ts';
import type { EdgeMode } from '../../src/primitives/primitive.ts';

export type Position = readonly number[];

/** Row-major strides of a shape. */
function rowMajor(shape: Shape): number[] {
  const steps = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    steps[axis] = at(steps, axis + 1) * at(shape, axis + 1);
  return steps;
}

export function positionOf(index: number, shape: Shape): number[] {
  return rowMajor(shape).map((step, axis) => Math.floor(index / step) % at(shape, axis));
}

export function indexOf(position: Position, shape: Shape): number {
  const steps = rowMajor(shape);
  return position.reduce((index, coordinate, axis) => index + coordinate * at(steps, axis), 0);
}

/** A tensor from what `value` says of each position. */
export function filled(shape: Shape, value: (position: Position) => number): Tensor64 {
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = value(positionOf(i, shape));
  return { shape, data };
}

const modulo = (a: number, n: number): number => ((a % n) + n) % n;

/** The coordinate that a read at `i` of an axis of `n` really reads; null for nothing. */
export function edgeRead(i: number, n: number, edge: EdgeMode): number | null {
  if (i >= 0 && i < n) return i;
  switch (edge) {
    case 'zero':
      return null;
    case 'replicate':
      return i < 0 ? 0 : n - 1;
    case 'wrap':
      return modulo(i, n);
    case 'symmetric': {
      const m = modulo(i, 2 * n);
      return m < n ? m : 2 * n - 1 - m;
    }
    case 'reflect': {
      if (n === 1) return 0;
      const m = modulo(i, 2 * n - 2);
      return m < n ? m : 2 * n - 2 - m;
    }
    default:
      return assertNever(edge);
  }
}

/** The element at `position`, by the edge mode where that is outside; `beyond` where there is none. */
export function read(source: Tensor64, position: Position, edge: EdgeMode, beyond = 0): number {
  const inside: number[] = [];
  for (const [axis, coordinate] of position.entries()) {
    const found = edgeRead(coordinate, at(source.shape, axis), edge);
    if (found === null) return beyond;
    inside.push(found);
  }
  return at(source.data, indexOf(inside, source.shape));
}

/** The element that `position` of a bigger shape broadcasts from; shapes align at their last axes. */
export function broadcast(source: Tensor64, position: Position): number {
  const missing = position.length - source.shape.length;
  const own = source.shape.map((size, axis) => (size === 1 ? 0 : at(position, axis + missing)));
  return at(source.data, indexOf(own, source.shape));
}

export function checkBroadcast(source: Tensor64, shape: Shape): void {
  const missing = shape.length - source.shape.length;
  const fits =
    missing >= 0 && source.shape.every((size, axis) => size === 1 || size === shape[axis + missing]);
  if (!fits) throw new Error(`${showShape(source.shape)} does not broadcast to ${showShape(shape)}`);
}
