/** Kernels without parameters. Each is a cross-correlation: `sobelX` answers a dark-to-bright step rightwards. */
import { kernel } from './kernel.ts';

/** Leaves the image as it is. */
export const identity = kernel([[1]]);

/** Sobel & Feldman 1968: horizontal derivative, smoothed vertically. */
export const sobelX = kernel([
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
]);

/** Sobel & Feldman 1968: vertical derivative, smoothed horizontally. */
export const sobelY = kernel([
  [-1, -2, -1],
  [0, 0, 0],
  [1, 2, 1],
]);

/** Second derivative over 4 or 8 neighbours; its weights sum to 0. */
export function laplacian(neighbours: 4 | 8 = 4) {
  return neighbours === 4
    ? kernel([
        [0, 1, 0],
        [1, -4, 1],
        [0, 1, 0],
      ])
    : kernel([
        [1, 1, 1],
        [1, -8, 1],
        [1, 1, 1],
      ]);
}

/** Lit from the upper left: relief of the brightness, with the flat parts kept. */
export const emboss = kernel([
  [-2, -1, 0],
  [-1, 1, 1],
  [0, 1, 2],
]);
