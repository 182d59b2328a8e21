/** Images for tests: from rows of numbers, and noise that is the same in every run. */
import { tensor, toFloat64, type Tensor, type Tensor64 } from '../../../src/core/tensor.ts';

/** One channel, `[rows, columns, 1]`. */
export function image64(rows: readonly (readonly number[])[]): Tensor64 {
  return toFloat64(tensor([rows.length, rows[0]!.length, 1], rows.flat()));
}

/** The rows of an image with one channel. */
export function rowsOf({ shape, data }: Tensor64 | Tensor): number[][] {
  const [height, width] = shape as readonly [number, number];
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);
}

/** Noise in 0..1 with both ends in it. */
export function noise(height: number, width: number, channels: number): Tensor {
  let state = 12345;
  const values = Array.from({ length: height * width * channels }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.min(1, Math.max(0, (1.1 * state) / 2147483648 - 0.05));
  });
  return tensor([height, width, channels], values);
}
