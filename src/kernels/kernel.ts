/** The kernels' own type: the weights of one 2D filter, `[height, width]`, applied to each channel alike. */
import { checkInteger } from '../core/check.ts';
import { tensor, type Tensor } from '../core/tensor.ts';

export type Kernel = Tensor;

/** The largest kernel: its longer side, in taps. */
export const MAX_KERNEL_SIDE = 63;

/**
 * A kernel from its rows.
 * @throws TypeError when rows differ in length or a weight is not finite.
 */
export function kernel(rows: readonly (readonly number[])[]): Kernel {
  const width = rows[0]?.length ?? 0;
  checkInteger('kernel height', rows.length, { min: 1, max: MAX_KERNEL_SIDE, unit: 'rows' });
  checkInteger('kernel width', width, { min: 1, max: MAX_KERNEL_SIDE, unit: 'columns' });
  rows.forEach((row, y) => {
    if (row.length !== width) {
      throw new TypeError(`kernel row ${y} must have ${width} weights like row 0, got ${row.length}`);
    }
  });
  return tensor([rows.length, width], rows.flat());
}

/** Convolution means cross-correlation here; turn the kernel by 180° for the signal processing meaning. */
export function flipKernel(source: Kernel): Kernel {
  return tensor(source.shape, Array.from(source.data).reverse());
}
