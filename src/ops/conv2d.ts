/** conv2d: a filter over an image, or a layer of a network. See conv-nd.ts. */
import { at } from '../core/assert.ts';
import type { Tensor } from '../core/tensor.ts';
import { convOp, type ConvOptions } from './conv-nd.ts';
import type { AxisPadding } from './window-geometry.ts';

/** Pixels added around the image: `[[top, bottom], [left, right]]`. */
export type Padding2d = readonly [rows: AxisPadding, columns: AxisPadding];

/** Weights `[height, width]` are a filter, `[height, width, in / groups, out]` a layer. */
export type Conv2dOptions = ConvOptions;

/** `[height, width, channels]` */
export const conv2d = convOp<Conv2dOptions>('conv2d', 2);

/** The weights of a pointwise convolution: `[in, out]` as `[1, 1, in, out]`; what has another rank stays. */
export function asPointwise(weights: Tensor): Tensor {
  if (weights.shape.length !== 2) return weights;
  return { shape: [1, 1, at(weights.shape, 0), at(weights.shape, 1)], data: weights.data };
}
