/** Volumes: voxels with a shape, row-major, slice after slice. What they are in the world is said by a range of values. */
import { checkInteger, checkNumber, show } from './check.ts';
import { showShape, sizeOf, type Tensor } from './tensor.ts';

export type VoxelData = Uint8Array | Uint8ClampedArray | Uint16Array | Int16Array | Float32Array;

export type Voxels = Readonly<{
  /** Slice after slice, row after row. */
  data: VoxelData;
  shape: readonly [depth: number, height: number, width: number];
  /**
   * The values that are black and white, 0 and 1 to a graph: a window of Hounsfield units, say. Default 0 to 255 of 8 bits, of
   * all others from the least value to the greatest.
   */
  range?: readonly [black: number, white: number];
}>;

const isVoxelData = (value: unknown): value is VoxelData =>
  value instanceof Uint8Array ||
  value instanceof Uint8ClampedArray ||
  value instanceof Uint16Array ||
  value instanceof Int16Array ||
  value instanceof Float32Array;

/** @throws TypeError | RangeError that name the field, the bad value and what is allowed. */
export function checkVoxels(name: string, value: unknown): Voxels {
  const { data, shape, range } = (value ?? {}) as Partial<Record<keyof Voxels, unknown>>;
  if (!isVoxelData(data)) {
    throw new TypeError(
      `${name}.data must be a Uint8Array, Uint16Array, Int16Array or Float32Array, got ${show(data)}`,
    );
  }
  if (!Array.isArray(shape) || shape.length !== 3) {
    throw new TypeError(`${name}.shape must be [depth, height, width], got ${show(shape)}`);
  }
  const sides = shape.map((side: unknown, axis) => checkInteger(`${name}.shape[${axis}]`, side, { min: 1 }));
  if (data.length !== sizeOf(sides)) {
    throw new RangeError(
      `${name}.data must hold ${sizeOf(sides)} voxels for the shape ${showShape(sides)}, got ${data.length}`,
    );
  }
  if (data instanceof Float32Array) checkFiniteVoxels(name, data, sides);
  if (range !== undefined) checkRange(`${name}.range`, range);
  return value as Voxels;
}

function checkFiniteVoxels(
  name: string,
  data: Float32Array,
  [, height = 1, width = 1]: readonly number[],
): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const place = [Math.floor(bad / (height * width)), Math.floor(bad / width) % height, bad % width];
  throw new TypeError(
    `${name}.data must be finite, got ${String(data[bad])} at slice, row, column ${place.join(', ')}`,
  );
}

function checkRange(name: string, range: unknown): void {
  if (!Array.isArray(range) || range.length !== 2) {
    throw new TypeError(`${name} must be [black, white], got ${show(range)}`);
  }
  const black = checkNumber(`${name}[0]`, range[0]);
  checkNumber(`${name}[1]`, range[1], { min: black, exclusiveMin: true });
}

/** What is black and what is white. */
export function rangeOf({ data, range }: Voxels): readonly [black: number, white: number] {
  if (range !== undefined) return range;
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return [0, 255];
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of data) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  // Of one value only: all black.
  return [least, greatest > least ? greatest : least + 1];
}

/** `[depth, height, width, 1]`, the range as 0 to 1; what lies outside of it stays outside. */
export function voxelTensor(voxels: Voxels): Tensor {
  const [black, white] = rangeOf(voxels);
  const scale = 1 / (white - black);
  return {
    shape: [...voxels.shape, 1],
    data: Float32Array.from(voxels.data, (value) => (value - black) * scale),
  };
}

/** Writes one slice in 8 bits, limited to the range, whose ends are 0 and 255. */
export function writeSlice(
  { data, shape: [, height, width] }: Voxels,
  [black, white]: readonly [number, number],
  slice: number,
  bytes: Uint8Array,
): void {
  const size = height * width;
  const scale = 255 / (white - black);
  for (let i = 0; i < size; i++) {
    const level = ((data[slice * size + i] ?? 0) - black) * scale;
    bytes[i] = Math.min(255, Math.max(0, level)) + 0.5;
  }
}
