/**
 * Broadcasting as NumPy has it: shapes align at their last axes, and a size-1 axis repeats.
 * A size that isn't known yet (null) equals only another unknown one; 1 broadcasts to it.
 */
import { at } from '../core/assert.ts';
import { show } from '../core/check.ts';
import { showShape, sizeOf, type Shape, type Tensor64 } from '../core/tensor.ts';
import type { SymbolicShape } from './op.ts';

/** Ranks of values: 0, a single number, to 5, a stack of volumes. */
export const MAX_RANK = 5;

/** @throws RangeError when the shape has more axes than a value may have. */
export function checkRank(where: string, shape: SymbolicShape): void {
  if (shape.length > MAX_RANK) {
    throw new RangeError(
      `${where}: the rank must be 0 to ${MAX_RANK}, got ${shape.length} ${showShape(shape)}`,
    );
  }
}

/** @throws TypeError when a node has another number of inputs than its op takes. */
export function checkInputCount(where: string, inputs: readonly unknown[], allowed: number, hint = ''): void {
  if (inputs.length !== allowed) {
    throw new TypeError(
      `${where} takes ${allowed} input${allowed === 1 ? '' : 's'}${hint}, got ${inputs.length}`,
    );
  }
}

/**
 * An axis from 0, or from the end where negative.
 * @throws TypeError | RangeError when it is no axis of a tensor of `rank`.
 */
export function checkAxis(name: string, value: unknown, rank: number): number {
  if (!Number.isInteger(value)) throw new TypeError(`${name} must be an integer, got ${show(value)}`);
  const axis = value as number;
  if (axis < -rank || axis >= rank) {
    throw new RangeError(`${name} must be ${-rank} to ${rank - 1} for a tensor of rank ${rank}, got ${axis}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/**
 * The shape that all inputs broadcast to.
 * @throws RangeError when two sizes of an axis differ and neither is 1.
 */
export function broadcastShape(inputs: readonly SymbolicShape[], where: string): SymbolicShape {
  const rank = Math.max(0, ...inputs.map((shape) => shape.length));
  const shape: (number | null)[] = new Array<number | null>(rank).fill(1);
  inputs.forEach((input) => {
    checkRank(where, input);
    const missing = rank - input.length;
    input.forEach((size, own) => {
      const axis = own + missing;
      const known = at(shape, axis);
      if (known === 1) shape[axis] = size;
      else if (size !== 1 && size !== known) throw mismatch(inputs, axis === rank - 1, known, size, where);
    });
  });
  return shape;
}

function mismatch(
  inputs: readonly SymbolicShape[],
  inChannels: boolean,
  known: number | null,
  size: number | null,
  where: string,
): RangeError {
  if (inChannels && known !== null && size !== null) {
    return new RangeError(
      `${where}: the inputs must have the same channels or one, got ${known} and ${size}`,
    );
  }
  return new RangeError(
    `${where}: the inputs must have one size, got ${inputs.map(showShape).join(' and ')}`,
  );
}

/** For each element of `shape`, the index of the element of `input` that broadcasts to it. */
export function broadcastIndices(input: Shape, shape: Shape): Int32Array {
  const missing = shape.length - input.length;
  let indices = new Int32Array(1);
  shape.forEach((size, axis) => {
    const own = axis < missing ? 1 : at(input, axis - missing);
    const wider = new Int32Array(indices.length * size);
    for (let i = 0; i < wider.length; i++) {
      wider[i] = at(indices, Math.floor(i / size)) * own + (own === 1 ? 0 : i % size);
    }
    indices = wider;
  });
  return indices;
}

/** `value` of the elements of the inputs at each position, broadcast. */
export function mapBroadcast(
  inputs: readonly Tensor64[],
  value: (elements: readonly number[]) => number,
  where: string,
): Tensor64 {
  const shape = broadcastShape(inputs.map((input) => input.shape), where) as Shape; // prettier-ignore
  const indices = inputs.map((input) => broadcastIndices(input.shape, shape));
  const data = new Float64Array(sizeOf(shape));
  const elements = inputs.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    inputs.forEach((input, k) => {
      elements[k] = at(input.data, at(at(indices, k), i));
    });
    data[i] = value(elements);
  }
  return { shape, data };
}
