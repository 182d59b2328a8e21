/** Filters as primitives, and programs of them. */
import type { ImageProgram } from '../../../src/plan/image-program.ts';
import type { Linear, Primitive, PrimitiveProgram } from '../../../src/primitives/primitive.ts';

export const imageInput = (height: number, width: number, channels = 1, name = 'frame'): Primitive => ({
  kind: 'input',
  name,
  shape: [height, width, channels],
});

/** A kernel by rows, with its middle on the pixel, each channel alike. */
export function sharedFilter(
  input: number,
  shape: readonly number[],
  rows: readonly (readonly number[])[],
  options: Partial<Linear> = {},
): Linear {
  const [height, width] = [rows.length, rows[0]!.length];
  return {
    kind: 'linear',
    input,
    shape,
    taps: rows.flatMap((row, y) => row.map((_, x) => [y - (height >> 1), x - (width >> 1)])),
    strides: [1, 1],
    upsample: [1, 1],
    channels: 'shared',
    groups: 1,
    weights: Float32Array.from(rows.flat()),
    bias: null,
    edge: 'replicate',
    ...options,
  };
}

/** The values and their last one. */
export const endingIn = (...values: readonly Primitive[]): ImageProgram => ({
  values,
  outputs: [values.length - 1],
});

/** Of one output. */
export function primitivesOf({ values, outputs: [output] }: ImageProgram): PrimitiveProgram {
  return { values, output: output! };
}

export const outerProduct = (column: readonly number[], row: readonly number[]): number[][] =>
  column.map((y) => row.map((x) => y * x));
