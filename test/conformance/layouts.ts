/** Axes of foreign tensors: reordered by the letters of their layouts, split over N and put together again. */
import { at } from '../../src/core/assert.ts';
import { sizeOf, tensor, type Shape, type Tensor } from '../../src/core/tensor.ts';
import type { CaseTensor } from './cases.ts';

/** The letters of a layout. */
export const letters = (layout: string): readonly string[] => Array.from(layout);

/** The tensor as it lies. */
export const asItIs = ({ shape, data }: CaseTensor): Tensor => tensor(shape, data);

/** Output axis i is input axis `order[i]`. */
export function transpose({ shape, data }: Tensor, order: readonly number[]): Tensor {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const outShape = order.map((axis) => at(shape, axis));
  const outStrides = order.map((axis) => at(strides, axis));
  const out = new Float32Array(data.length);
  const position = new Array<number>(order.length).fill(0);
  let offset = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = at(data, offset);
    for (let axis = order.length - 1; axis >= 0; axis--) {
      offset += at(outStrides, axis);
      position[axis] = at(position, axis) + 1;
      if (at(position, axis) < at(outShape, axis)) break;
      offset -= at(outShape, axis) * at(outStrides, axis);
      position[axis] = 0;
    }
  }
  return { shape: outShape, data: out };
}

/** The order that undoes `order`. */
export const inverse = (order: readonly number[]): readonly number[] =>
  order.map((_, axis) => order.indexOf(axis));

/**
 * The axes of `source` in the order of the letters of `to`.
 * @throws Error when its layout has other letters.
 */
export function relayout(source: CaseTensor, to: string): Tensor {
  const from = source.layout ?? '';
  if (letters(from).toSorted().join('') !== letters(to).toSorted().join('')) {
    throw new Error(`the layout ${from || 'null'} can't be turned into ${to}`);
  }
  return transpose(
    asItIs(source),
    letters(to).map((letter) => from.indexOf(letter)),
  );
}

/** A tensor for each index of the first axis. */
export function split({ shape, data }: Tensor): readonly Tensor[] {
  const inner = shape.slice(1);
  const size = sizeOf(inner);
  return Array.from({ length: at(shape, 0) }, (_, i) => ({
    shape: inner,
    data: data.slice(i * size, (i + 1) * size),
  }));
}

/** The inverse of `split`. @throws Error when the shapes differ. */
export function join(parts: readonly Tensor[]): Tensor {
  const { shape } = at(parts, 0);
  const size = sizeOf(shape);
  const data = new Float32Array(parts.length * size);
  parts.forEach((part, i) => {
    if (part.data.length !== size) throw new Error('the outputs over N have different sizes');
    data.set(part.data, i * size);
  });
  return { shape: [parts.length, ...shape], data };
}

export const reshape = ({ data }: Tensor, shape: Shape): Tensor => tensor(shape, data);
