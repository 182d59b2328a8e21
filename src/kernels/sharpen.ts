import { checkNumber } from '../core/check.ts';
import { kernel, type Kernel } from './kernel.ts';

/**
 * The image minus `amount` times its Laplacian over 4 neighbours, 3×3; its weights sum to 1.
 * @param amount 0 changes nothing; 1 is the textbook kernel with 5 in its centre.
 * @throws RangeError when `amount` is not 0 to 100.
 */
export function sharpen(amount = 1): Kernel {
  checkNumber('amount', amount, { min: 0, max: 100 });
  return kernel([
    [0, -amount, 0],
    [-amount, 1 + 4 * amount, -amount],
    [0, -amount, 0],
  ]);
}
