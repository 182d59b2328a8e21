/**
 * separableConv2d (depthwise separable): a depthwise convolution, then a pointwise one that mixes its channels:
 * out(p, o) = f(bias(o) + Σ_d P(d, o) · depthwise(p, d)), d = c · multiplier + m.
 */
import { at } from '../core/assert.ts';
import { sizeOf, type Shape, type Tensor } from '../core/tensor.ts';
import { checkBias, checkChannels, checkWeights } from './check-weights.ts';
import { windowFacts } from './conv-nd.ts';
import {
  depthwiseReference,
  lowerDepthwise,
  resolveDepthwise,
  type Depthwise,
  type DepthwiseOptions,
} from './depthwise-conv2d.ts';
import {
  activated,
  checkFusedActivation,
  lowerActivation,
  type FusedActivation,
} from './fused-activation.ts';
import type { Op, SymbolicShape } from './op.ts';
import { outputSizes } from './window-geometry.ts';

export type SeparableConv2dOptions = Omit<DepthwiseOptions, 'weights'> &
  FusedActivation &
  Readonly<{
    /** The depthwise part, `[height, width, in, multiplier]`. */
    weights: Tensor;
    /** The pointwise part, `[in · multiplier, out]` or `[1, 1, in · multiplier, out]`. */
    pointwiseWeights: Tensor;
    /** `[out]`, added after the pointwise part. Default none. */
    bias?: Float32Array;
  }>;

type Resolved = Readonly<{ depthwise: Depthwise; out: number }>;

/** The depthwise part by itself: it has neither bias nor activation. */
function depthwiseOptions({
  bias: _bias,
  activation: _activation,
  pointwiseWeights: _pointwise,
  ...rest
}: SeparableConv2dOptions): DepthwiseOptions {
  return rest;
}

function resolve(input: SymbolicShape, options: SeparableConv2dOptions, where: string): Resolved {
  const depthwise = resolveDepthwise(input, options, where);
  const name = `${where}: options.pointwiseWeights`;
  const weights = checkWeights(name, options.pointwiseWeights, [
    ['in · multiplier', 'out'],
    ['1', '1', 'in · multiplier', 'out'],
  ]);
  const [channels, out] = [
    at(weights.shape, weights.shape.length - 2),
    at(weights.shape, weights.shape.length - 1),
  ];
  if (weights.shape.length === 4 && (weights.shape[0] !== 1 || weights.shape[1] !== 1)) {
    throw new RangeError(`${name} must be 1×1, got ${at(weights.shape, 0)}×${at(weights.shape, 1)}`);
  }
  if (channels !== depthwise.out) {
    throw new RangeError(
      `${name} must take the ${depthwise.out} channels of the depthwise part, got ${channels}`,
    );
  }
  checkChannels(`${name}: the output channels`, out);
  return { depthwise, out };
}

/** `[height, width, channels]` → `[height, width, out]` */
export const separableConv2d: Op<SeparableConv2dOptions> = {
  name: 'separableConv2d',
  inferShape(inputs, options, where) {
    const { depthwise, out } = resolve(at(inputs, 0), options, where);
    checkBias(options.bias, out, where);
    checkFusedActivation(options, where);
    return [...outputSizes(depthwise.window, depthwise.spatial, where), out];
  },
  reference(inputs, options) {
    const middle = depthwiseReference(at(inputs, 0), depthwiseOptions(options), 'separableConv2d');
    const { depthwise, out } = resolve(at(inputs, 0).shape, options, 'separableConv2d');
    const shape: Shape = [...middle.shape.slice(0, -1), out];
    const data = new Float64Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) {
      const [pixel, o] = [Math.floor(i / out), i % out];
      let sum = options.bias?.[o] ?? 0;
      for (let d = 0; d < depthwise.out; d++) {
        sum += at(options.pointwiseWeights.data, d * out + o) * at(middle.data, pixel * depthwise.out + d);
      }
      data[i] = sum;
    }
    return activated({ shape, data }, options);
  },
  lower(inputs, options, shape, lowering) {
    const middle = lowerDepthwise(at(inputs, 0), depthwiseOptions(options), 'separableConv2d', lowering);
    const linear = lowering.add({
      kind: 'linear',
      input: middle,
      shape,
      taps: [[0, 0]],
      strides: [1, 1],
      upsample: [1, 1],
      channels: 'dense',
      groups: 1,
      weights: options.pointwiseWeights.data,
      bias: options.bias ?? null,
      edge: 'zero',
    });
    return lowerActivation(linear, options, shape, lowering);
  },
  layer(inputs, options, shape) {
    const { depthwise, out } = resolve(at(inputs, 0), options, 'separableConv2d');
    const pixels = sizeOf(shape) / out;
    return {
      parameters:
        options.weights.data.length + options.pointwiseWeights.data.length + (options.bias?.length ?? 0),
      macs: pixels * depthwise.out * (sizeOf(depthwise.window.extent) + out),
      window: windowFacts(depthwise.window),
    };
  },
};
