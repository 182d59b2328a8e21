/** The functions that convolutions and pools are written with: each adds a node and answers its value, or is a
 * layer of a sequence when it is given no value. */
import type { Tensor } from '../core/tensor.ts';
import type { ConvTransposeOptions } from '../ops/conv-transpose.ts';
import type { Conv1dOptions } from '../ops/conv1d.ts';
import { asPointwise, type Conv2dOptions } from '../ops/conv2d.ts';
import type { Conv3dOptions } from '../ops/conv3d.ts';
import type { DeformConv2dOptions } from '../ops/deform-conv2d.ts';
import type { DepthwiseConv2dOptions } from '../ops/depthwise-conv2d.ts';
import type { AveragePoolOptions, LpPoolOptions, PoolOptions } from '../ops/pool.ts';
import type { GaussianBlurOptions } from '../ops/gaussian-blur.ts';
import type { SeparableConv2dOptions } from '../ops/separable-conv2d.ts';
import { GraphValue } from './builder.ts';
import { layered } from './layer.ts';

/** Options that are their weights alone may be given as these. */
function withWeights<Options extends Readonly<{ weights: Tensor }>>(
  given: Tensor | Options,
): Options | Readonly<{ weights: Tensor }> {
  return typeof given === 'object' && 'weights' in given ? given : { weights: given };
}

/**
 * A convolution along one axis. Weights `[k]`: a filter. `[k, in / groups, out]`: a layer.
 * @param input `[length, channels]`, or `[height, width, channels]` with `axis` 'x' (the default) or 'y', or
 * `[frames, height, width, channels]` with these or 't'.
 */
export const conv1d = layered((input, kernelOrOptions: Tensor | Conv1dOptions) =>
  GraphValue.apply('conv1d', [input], withWeights(kernelOrOptions)),
);

/**
 * Cross-correlation. Weights `[height, width]`: a filter. `[height, width, in / groups, out]`: a layer.
 * @param input `[height, width, channels]`
 */
export const conv2d = layered((input, kernelOrOptions: Tensor | Conv2dOptions) =>
  GraphValue.apply('conv2d', [input], withWeights(kernelOrOptions)),
);

/**
 * A convolution over time and space. Weights `[frames, height, width]` or `[…, in / groups, out]`.
 * @param input `[frames, height, width, channels]`
 */
export const conv3d = layered((input, kernelOrOptions: Tensor | Conv3dOptions) =>
  GraphValue.apply('conv3d', [input], withWeights(kernelOrOptions)),
);

export type PointwiseConv2dOptions = Pick<Conv2dOptions, 'weights' | 'bias' | 'groups' | 'activation'>;

/** Mixes the channels of each pixel: a 1×1 convolution. Weights `[in, out]` or `[1, 1, in / groups, out]`. */
export function pointwiseConv2d(
  input: GraphValue,
  weightsOrOptions: Tensor | PointwiseConv2dOptions,
): GraphValue {
  const options = withWeights(weightsOrOptions);
  return GraphValue.apply('conv2d', [input], { ...options, weights: asPointwise(options.weights) });
}

/**
 * A Gaussian blur of any width, from 0.3 to 200 px about equally fast; each channel by itself.
 * @param input `[height, width, channels]`
 */
export const gaussianBlur = layered((input, options: GaussianBlurOptions) =>
  GraphValue.apply('gaussianBlur', [input], options),
);

/** Each channel by itself. Weights `[height, width, in, multiplier]`. */
export const depthwiseConv2d = layered((input, weightsOrOptions: Tensor | DepthwiseConv2dOptions) =>
  GraphValue.apply('depthwiseConv2d', [input], withWeights(weightsOrOptions)),
);

/** A depthwise convolution, then a pointwise one. */
export const separableConv2d = layered((input, options: SeparableConv2dOptions) =>
  GraphValue.apply('separableConv2d', [input], options),
);

/** Weights `[k, out / groups, in]`. @param input `[length, channels]` */
export const convTranspose1d = layered((input, weightsOrOptions: Tensor | ConvTransposeOptions) =>
  GraphValue.apply('convTranspose1d', [input], withWeights(weightsOrOptions)),
);

/** Weights `[height, width, out / groups, in]`. @param input `[height, width, channels]` */
export const convTranspose2d = layered((input, weightsOrOptions: Tensor | ConvTransposeOptions) =>
  GraphValue.apply('convTranspose2d', [input], withWeights(weightsOrOptions)),
);

/** Weights `[frames, height, width, out / groups, in]`. @param input `[frames, height, width, channels]` */
export const convTranspose3d = layered((input, weightsOrOptions: Tensor | ConvTransposeOptions) =>
  GraphValue.apply('convTranspose3d', [input], withWeights(weightsOrOptions)),
);

export type DeformConv2dInputs = Readonly<{
  /** `[oh, ow, offsetGroups · kh · kw · 2]`, in pixels, y before x. */
  offsets: GraphValue;
  /** `[oh, ow, offsetGroups · kh · kw]`. Default none (v1). */
  mask?: GraphValue;
}>;

/** A convolution whose taps move by `offsets`, and count by `mask`. Weights `[height, width, in / groups, out]`. */
export const deformConv2d = (
  input: GraphValue,
  { offsets, mask }: DeformConv2dInputs,
  options: DeformConv2dOptions,
): GraphValue =>
  GraphValue.apply('deformConv2d', mask === undefined ? [input, offsets] : [input, offsets, mask], options);

type PoolName<Kind extends string> = `${Kind}${'1d' | '2d' | '3d'}`;

const plainPool = (name: PoolName<'maxPool' | 'l2Pool'>) =>
  layered((input, options: PoolOptions) => GraphValue.apply(name, [input], options));

/** The largest of each window. `[length, channels]` */
export const maxPool1d = plainPool('maxPool1d');
/** The largest of each window. `[height, width, channels]` */
export const maxPool2d = plainPool('maxPool2d');
/** The largest of each window. `[frames, height, width, channels]` */
export const maxPool3d = plainPool('maxPool3d');
/** √Σ x² of each window. `[length, channels]` */
export const l2Pool1d = plainPool('l2Pool1d');
/** √Σ x² of each window. `[height, width, channels]` */
export const l2Pool2d = plainPool('l2Pool2d');
/** √Σ x² of each window. `[frames, height, width, channels]` */
export const l2Pool3d = plainPool('l2Pool3d');

const averagePool = (name: PoolName<'averagePool'>) =>
  layered((input, options: AveragePoolOptions) => GraphValue.apply(name, [input], options));

/** The mean of each window. `[length, channels]` */
export const averagePool1d = averagePool('averagePool1d');
/** The mean of each window. `[height, width, channels]` */
export const averagePool2d = averagePool('averagePool2d');
/** The mean of each window. `[frames, height, width, channels]` */
export const averagePool3d = averagePool('averagePool3d');

const lpPool = (name: PoolName<'lpPool'>) =>
  layered((input, options: LpPoolOptions) => GraphValue.apply(name, [input], options));

/** (Σ |x|ᵖ)^(1/p) of each window. `[length, channels]` */
export const lpPool1d = lpPool('lpPool1d');
/** (Σ |x|ᵖ)^(1/p) of each window. `[height, width, channels]` */
export const lpPool2d = lpPool('lpPool2d');
/** (Σ |x|ᵖ)^(1/p) of each window. `[frames, height, width, channels]` */
export const lpPool3d = lpPool('lpPool3d');

const globalPool =
  (name: 'globalMaxPool' | 'globalAveragePool' | 'globalL2Pool') =>
  (input: GraphValue): GraphValue =>
    GraphValue.apply(name, [input], {});

/** The largest of each channel; the spatial axes stay with size 1. */
export const globalMaxPool = globalPool('globalMaxPool');
/** The mean of each channel; the spatial axes stay with size 1. */
export const globalAveragePool = globalPool('globalAveragePool');
/** √Σ x² of each channel; the spatial axes stay with size 1. */
export const globalL2Pool = globalPool('globalL2Pool');
