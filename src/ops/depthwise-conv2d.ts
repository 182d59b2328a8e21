/**
 * depthwiseConv2d: each channel by itself, into `multiplier` output channels:
 * out(p, c · M + m) = f(bias(c · M + m) + Σ_k W(k, c, m) · in(p · stride + k · dilation − begin, c)).
 */
import { at } from '../core/assert.ts';
import { checkOneOf } from '../core/check.ts';
import { sizeOf, type Shape, type Tensor, type Tensor64 } from '../core/tensor.ts';
import { EDGE_MODES, type EdgeMode } from '../primitives/primitive.ts';
import { checkBias, checkChannels, checkWeights, kernelExtent } from './check-weights.ts';
import { windowFacts } from './conv-nd.ts';
import {
  activated,
  checkFusedActivation,
  lowerActivation,
  type FusedActivation,
} from './fused-activation.ts';
import type { Lowering, Op, SymbolicShape } from './op.ts';
import {
  checkWindow,
  outputSizes,
  placeWindow,
  splitShape,
  windowTaps,
  type Window,
  type WindowOptions,
} from './window-geometry.ts';
import { forEachRead } from './window-reads.ts';

/** The depthwise part, alone or in a separable convolution. Padding is 'valid' by default. */
export type DepthwiseOptions = WindowOptions &
  Readonly<{
    /** `[height, width, in, multiplier]`; output channel = c · multiplier + m. */
    weights: Tensor;
    /** What lies outside the image. Default 'zero'. */
    edge?: EdgeMode;
  }>;

export type DepthwiseConv2dOptions = DepthwiseOptions &
  FusedActivation &
  Readonly<{
    /** `[in · multiplier]`. Default none. */
    bias?: Float32Array;
  }>;

export type Depthwise = Readonly<{
  window: Window;
  edge: EdgeMode;
  spatial: SymbolicShape;
  channels: number;
  multiplier: number;
  out: number;
}>;

/** @throws TypeError | RangeError that name the option, the value and what is allowed. */
export function resolveDepthwise(input: SymbolicShape, options: DepthwiseOptions, where: string): Depthwise {
  const { spatial, channels } = splitShape(input, 2, where);
  const name = `${where}: options.weights`;
  const weights = checkWeights(name, options.weights, [['height', 'width', 'in', 'multiplier']]);
  const extent = kernelExtent(name, weights, 2);
  checkChannels(`${where}: the input's channels`, channels);
  if (at(weights.shape, 2) !== channels) {
    throw new RangeError(`${name} have ${at(weights.shape, 2)} channels, and the input has ${channels}`);
  }
  const multiplier = at(weights.shape, 3);
  const out = checkChannels(`${name}: in · multiplier`, channels * multiplier);
  const window = checkWindow(extent, options, { padding: 'valid' }, where);
  const edge = checkOneOf(`${where}: options.edge`, options.edge ?? 'zero', EDGE_MODES);
  return { window, edge, spatial, channels, multiplier, out };
}

/** The definition, in float64. */
export function depthwiseReference(
  input: Tensor64,
  options: DepthwiseConv2dOptions,
  where: string,
): Tensor64 {
  const { window, edge, channels, multiplier, out } = resolveDepthwise(input.shape, options, where);
  const placed = placeWindow(window, input.shape.slice(0, -1));
  const shape: Shape = [...placed.output, out];
  const weights = options.weights.data;
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = options.bias?.[i % out] ?? 0;
  forEachRead(placed, edge, (output, tap, position) => {
    for (let c = 0; c < channels; c++) {
      const value = at(input.data, position * channels + c);
      for (let m = 0; m < multiplier; m++) {
        const o = output * out + c * multiplier + m;
        data[o] = at(data, o) + at(weights, (tap * channels + c) * multiplier + m) * value;
      }
    }
  });
  return { shape, data };
}

/** A linear with as many groups as channels: `[taps, 1, in · multiplier]` has the order of `[taps, in, multiplier]`. */
export function lowerDepthwise(
  input: number,
  options: DepthwiseConv2dOptions,
  where: string,
  lowering: Lowering,
): number {
  const inputShape = lowering.shapeOf(input);
  const { window, edge, channels, out } = resolveDepthwise(inputShape, options, where);
  const placed = placeWindow(window, inputShape.slice(0, -1));
  return lowering.add({
    kind: 'linear',
    input,
    shape: [...placed.output, out],
    taps: windowTaps(placed),
    strides: placed.strides,
    upsample: [1, 1],
    channels: 'dense',
    groups: channels,
    weights: options.weights.data,
    bias: options.bias ?? null,
    edge,
  });
}

/** `[height, width, channels]` → `[height, width, channels · multiplier]` */
export const depthwiseConv2d: Op<DepthwiseConv2dOptions> = {
  name: 'depthwiseConv2d',
  inferShape(inputs, options, where) {
    const { window, spatial, out } = resolveDepthwise(at(inputs, 0), options, where);
    checkBias(options.bias, out, where);
    checkFusedActivation(options, where);
    return [...outputSizes(window, spatial, where), out];
  },
  reference: (inputs, options) =>
    activated(depthwiseReference(at(inputs, 0), options, 'depthwiseConv2d'), options),
  lower(inputs, options, shape, lowering) {
    const linear = lowerDepthwise(at(inputs, 0), options, 'depthwiseConv2d', lowering);
    return lowerActivation(linear, options, shape, lowering);
  },
  layer(inputs, options, shape) {
    const { window } = resolveDepthwise(at(inputs, 0), options, 'depthwiseConv2d');
    return {
      parameters: options.weights.data.length + (options.bias?.length ?? 0),
      macs: sizeOf(shape) * sizeOf(window.extent),
      window: windowFacts(window),
    };
  },
};
