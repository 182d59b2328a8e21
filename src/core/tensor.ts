/**
 * Tensors: plain numbers with a shape, row-major, channels last. An image is `[height, width, channels]`.
 */
import { checkFinite, checkInteger, show } from './check.ts';

export type Shape = readonly number[];

/** Values in float32, as they are stored, sent and shown. */
export type Tensor = Readonly<{ shape: Shape; data: Float32Array }>;

/** Values in float64, as the reference computes them. */
export type Tensor64 = Readonly<{ shape: Shape; data: Float64Array }>;

/** The number of elements of a tensor of `shape`. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** A shape as messages show it: `[480, 640, 3]`. */
export function showShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((dimension) => dimension ?? '?').join(', ')}]`;
}

/**
 * A tensor of `shape` that owns a copy of `data`.
 * @throws TypeError when a dimension is no integer, or a value is not finite.
 * @throws RangeError when a dimension is < 1, or the number of values is not the shape's.
 */
export function tensor(shape: Shape, data: ArrayLike<number>): Tensor {
  shape.forEach((dimension, axis) => checkInteger(`shape[${axis}]`, dimension, { min: 1 }));
  const size = sizeOf(shape);
  if (data.length !== size) {
    throw new RangeError(`data must hold ${size} values for the shape ${show(shape)}, got ${data.length}`);
  }
  // One zero only: −0 means nothing here, and text formats do not keep it.
  const values = Float32Array.from(data, (value) => value + 0);
  // After rounding: what float32 can't hold is infinite there.
  checkFinite('data', values);
  return { shape: [...shape], data: values };
}

/** @throws TypeError when `value` is no tensor. */
export function checkTensor(name: string, value: unknown): Tensor {
  const { shape, data } = (value ?? {}) as Partial<Record<'shape' | 'data', unknown>>;
  if (!Array.isArray(shape) || !(data instanceof Float32Array)) {
    throw new TypeError(`${name} must be a tensor { shape, data: Float32Array }, got ${show(value)}`);
  }
  return value as Tensor;
}

export function toFloat64(source: Tensor): Tensor64 {
  return { shape: source.shape, data: Float64Array.from(source.data) };
}

export function toFloat32(source: Tensor64): Tensor {
  return { shape: source.shape, data: Float32Array.from(source.data) };
}
