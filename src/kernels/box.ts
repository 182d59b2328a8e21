import { checkInteger } from '../core/check.ts';
import { tensor } from '../core/tensor.ts';
import { MAX_KERNEL_SIDE, type Kernel } from './kernel.ts';

/**
 * The mean of a window.
 * @param height @param width in pixels, 1 to 63.
 * @throws TypeError | RangeError when a side is no integer or out of range.
 */
export function box(height: number, width = height): Kernel {
  checkInteger('height', height, { min: 1, max: MAX_KERNEL_SIDE, unit: 'px' });
  checkInteger('width', width, { min: 1, max: MAX_KERNEL_SIDE, unit: 'px' });
  const size = height * width;
  return tensor([height, width], new Float64Array(size).fill(1 / size));
}
