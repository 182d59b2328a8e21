/** Gaussian kernels: G(x) = exp(−x² / 2σ²), sampled at whole pixels and normalised to the sum 1. */
import { at } from '../core/assert.ts';
import { checkInteger, checkNumber } from '../core/check.ts';
import { tensor } from '../core/tensor.ts';
import { MAX_KERNEL_SIDE, type Kernel } from './kernel.ts';

export type GaussianOptions = Readonly<{
  /** Standard deviation in pixels, > 0. */
  sigma: number;
  /** Taps on a side, 1 to 63. Default 2⌈3σ⌉ + 1, which holds 99.7 % of the weight. */
  size?: number;
}>;

/** ⌈3σ⌉: where a Gaussian may be cut. */
export function gaussianRadius(sigma: number): number {
  return Math.ceil(3 * sigma);
}

function taps({ sigma, size }: GaussianOptions): Float64Array {
  checkNumber('options.sigma', sigma, { min: 0, exclusiveMin: true, max: 1000, unit: 'px' });
  const length = size ?? 2 * gaussianRadius(sigma) + 1;
  if (size === undefined && length > MAX_KERNEL_SIDE) {
    throw new RangeError(
      `options.sigma of ${sigma} px needs ${length} taps, and a kernel has at most ${MAX_KERNEL_SIDE}: ` +
        `give options.size, or a sigma ≤ ${Math.floor((MAX_KERNEL_SIDE - 1) / 6)} px`,
    );
  }
  checkInteger('options.size', length, { min: 1, max: MAX_KERNEL_SIDE, unit: 'taps' });
  const centre = (length - 1) / 2;
  // Distances count from the nearest tap, or a tiny sigma underflows every tap of an even kernel to 0.
  const nearest = length % 2 === 0 ? 0.25 : 0;
  const values = Float64Array.from({ length }, (_, i) => {
    const squared = (i - centre) ** 2 - nearest;
    return squared === 0 ? 1 : Math.exp(-squared / (2 * sigma * sigma));
  });
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** The 2D kernel, `[size, size]`. @throws TypeError | RangeError as the options say. */
export function gaussian(options: GaussianOptions): Kernel {
  const line = taps(options);
  const n = line.length;
  return tensor(
    [n, n],
    Float64Array.from({ length: n * n }, (_, i) => at(line, Math.floor(i / n)) * at(line, i % n)),
  );
}

/** One factor of the 2D kernel, along x: `[1, size]`. */
export function gaussianRow(options: GaussianOptions): Kernel {
  const line = taps(options);
  return tensor([1, line.length], line);
}

/** One factor of the 2D kernel, along y: `[size, 1]`. */
export function gaussianColumn(options: GaussianOptions): Kernel {
  const line = taps(options);
  return tensor([line.length, 1], line);
}
