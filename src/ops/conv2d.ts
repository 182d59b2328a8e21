/**
 * conv2d: out(y, x, o) = bias(o) + Σ_i Σ_j Σ_c W(i, j, c, o) · in(y + i − padTop, x + j − padLeft, c).
 * Cross-correlation, as CNNs have it. Size: O = W − K + P + 1.
 */
import { at } from '../core/assert.ts';
import { checkFinite, checkInteger, checkOneOf, show } from '../core/check.ts';
import { checkTensor, showShape, sizeOf, type Shape, type Tensor, type Tensor64 } from '../core/tensor.ts';
import { EDGE_MODES, type EdgeMode, type Linear, type Tap } from '../primitives/primitive.ts';
import { imageShape, type Op, type SymbolicShape } from './op.ts';

/** Pixels added around the image: `[[top, bottom], [left, right]]`. */
export type Padding2d = readonly [readonly [number, number], readonly [number, number]];

export type Conv2dOptions = Readonly<{
  /**
   * `[height, width]`: a filter, applied to each channel alike. `[height, width, in / groups, out]`: a layer.
   * At most 225 weights a filter (15×15), and 63 on a side.
   */
  weights: Tensor;
  /** `[out]`, added to each output channel. Default none. */
  bias?: Float32Array;
  /**
   * 'same' keeps the size (an odd one of the padding goes to the end), 'valid' has none.
   * Default 'same' for a filter, 'valid' for a layer.
   */
  padding?: 'same' | 'valid' | Padding2d;
  /** What lies outside the image. Default 'replicate' for a filter, 'zero' for a layer. */
  edge?: EdgeMode;
  /** Input channels are split into this many groups. Default 1. Layers only. */
  groups?: number;
}>;

export const MAX_CONV2D_TAPS = 225;
export const MAX_CONV2D_SIDE = 63;

type Resolved = Readonly<{
  height: number;
  width: number;
  isFilter: boolean;
  groups: number;
  edge: EdgeMode;
  pads: Padding2d;
}>;

function resolvePads(
  padding: 'same' | 'valid' | Padding2d,
  height: number,
  width: number,
  where: string,
): Padding2d {
  if (padding === 'valid') return [[0, 0], [0, 0]]; // prettier-ignore
  if (padding === 'same') {
    const split = (total: number) => [Math.floor(total / 2), Math.ceil(total / 2)] as const;
    return [split(height - 1), split(width - 1)];
  }
  if (![padding, ...padding].every((axis: unknown) => Array.isArray(axis) && axis.length === 2)) {
    throw new TypeError(
      `${where}: options.padding must be 'same' | 'valid' | [[top, bottom], [left, right]], got ${show(padding)}`,
    );
  }
  const limits = { min: 0, max: 1024, unit: 'px' };
  const side = (axis: 0 | 1, end: 0 | 1) =>
    checkInteger(`${where}: options.padding[${axis}][${end}]`, padding[axis][end], limits);
  return [
    [side(0, 0), side(0, 1)],
    [side(1, 0), side(1, 1)],
  ];
}

function resolve(options: Conv2dOptions, where: string): Resolved {
  const weights = checkTensor(`${where}: options.weights`, options.weights);
  const isFilter = weights.shape.length === 2;
  if (!isFilter && weights.shape.length !== 4) {
    throw new TypeError(
      `${where}: options.weights must have the shape [height, width] or [height, width, in / groups, out], ` +
        `got ${showShape(weights.shape)}`,
    );
  }
  const height = checkInteger(`${where}: options.weights height`, weights.shape[0], {
    min: 1,
    max: MAX_CONV2D_SIDE,
  });
  const width = checkInteger(`${where}: options.weights width`, weights.shape[1], {
    min: 1,
    max: MAX_CONV2D_SIDE,
  });
  if (height * width > MAX_CONV2D_TAPS) {
    throw new RangeError(
      `${where}: options.weights may have at most ${MAX_CONV2D_TAPS} taps (15×15), got ${height}×${width}`,
    );
  }
  if (weights.data.length !== sizeOf(weights.shape)) {
    throw new RangeError(
      `${where}: options.weights must hold ${sizeOf(weights.shape)} values, got ${weights.data.length}`,
    );
  }
  checkFinite(`${where}: options.weights`, weights.data);
  const edge = options.edge ?? (isFilter ? 'replicate' : 'zero');
  checkOneOf(`${where}: options.edge`, edge, EDGE_MODES);
  const pads = resolvePads(options.padding ?? (isFilter ? 'same' : 'valid'), height, width, where);
  return { height, width, isFilter, groups: options.groups ?? 1, edge, pads };
}

function outputChannels(channels: number, options: Conv2dOptions, resolved: Resolved, where: string): number {
  const { isFilter, groups } = resolved;
  checkInteger(`${where}: options.groups`, groups, { min: 1, max: channels });
  if (isFilter) {
    if (groups !== 1)
      throw new RangeError(`${where}: options.groups must be 1 for a [height, width] filter, got ${groups}`);
    return channels;
  }
  const inPerGroup = at(options.weights.shape, 2);
  const out = at(options.weights.shape, 3);
  if (inPerGroup * groups !== channels) {
    throw new RangeError(
      `${where}: options.weights have ${inPerGroup} input channels in ${groups} group(s), and the input has ${channels}`,
    );
  }
  if (out % groups !== 0) {
    throw new RangeError(`${where}: the ${out} output channels must divide into options.groups = ${groups}`);
  }
  return out;
}

function outputSide(
  input: number | null,
  kernelSide: number,
  pads: readonly [number, number],
  where: string,
) {
  if (input === null) return null;
  const size = input - kernelSide + pads[0] + pads[1] + 1;
  if (size < 1) {
    throw new RangeError(
      `${where}: an input of ${input} px, padded by ${pads[0]} + ${pads[1]}, is smaller than the kernel's ${kernelSide}`,
    );
  }
  return size;
}

function checkBias(bias: Float32Array | undefined, channels: number, where: string): void {
  if (bias === undefined) return;
  if (bias.length !== channels) {
    throw new RangeError(
      `${where}: options.bias must hold ${channels} values, one per output channel, got ${bias.length}`,
    );
  }
  checkFinite(`${where}: options.bias`, bias);
}

function inferShape(inputs: readonly SymbolicShape[], options: Conv2dOptions, where: string): SymbolicShape {
  const [height, width, channels] = imageShape(at(inputs, 0), where);
  const resolved = resolve(options, where);
  const out = outputChannels(channels, options, resolved, where);
  checkBias(options.bias, out, where);
  return [
    outputSide(height, resolved.height, resolved.pads[0], where),
    outputSide(width, resolved.width, resolved.pads[1], where),
    out,
  ];
}

/** The position that a read outside the image really reads, or null for nothing. */
function edgePosition(position: number, size: number, edge: EdgeMode): number | null {
  if (position >= 0 && position < size) return position;
  return edge === 'zero' ? null : Math.min(size - 1, Math.max(0, position));
}

function reference(inputs: readonly Tensor64[], options: Conv2dOptions): Tensor64 {
  const input = at(inputs, 0);
  const shape = inferShape([input.shape], options, 'conv2d') as Shape;
  const [outHeight, outWidth, out] = shape as readonly [number, number, number];
  const [inHeight, inWidth, channels] = input.shape as readonly [number, number, number];
  const { height, width, isFilter, groups, edge, pads } = resolve(options, 'conv2d');
  const inPerGroup = isFilter ? 1 : channels / groups;
  const outPerGroup = isFilter ? 1 : out / groups;
  const weights = options.weights.data;
  const data = new Float64Array(sizeOf(shape));
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      for (let o = 0; o < out; o++) {
        const firstChannel = Math.floor(o / outPerGroup) * inPerGroup;
        let sum = options.bias?.[o] ?? 0;
        for (let i = 0; i < height; i++) {
          const row = edgePosition(y + i - pads[0][0], inHeight, edge);
          if (row === null) continue;
          for (let j = 0; j < width; j++) {
            const column = edgePosition(x + j - pads[1][0], inWidth, edge);
            if (column === null) continue;
            for (let c = 0; c < inPerGroup; c++) {
              const weight = isFilter ? i * width + j : ((i * width + j) * inPerGroup + c) * out + o;
              sum +=
                at(weights, weight) * at(input.data, (row * inWidth + column) * channels + firstChannel + c);
            }
          }
        }
        data[(y * outWidth + x) * out + o] = sum;
      }
    }
  }
  return { shape, data };
}

/** Grouped weights as dense ones, `[taps, in, out]`, with zeros between the groups. */
function denseWeights(
  options: Conv2dOptions,
  taps: number,
  channels: number,
  out: number,
  groups: number,
): Float32Array {
  const inPerGroup = channels / groups;
  const outPerGroup = out / groups;
  const dense = new Float32Array(taps * channels * out);
  for (let tap = 0; tap < taps; tap++) {
    for (let o = 0; o < out; o++) {
      const firstChannel = Math.floor(o / outPerGroup) * inPerGroup;
      for (let c = 0; c < inPerGroup; c++) {
        dense[(tap * channels + firstChannel + c) * out + o] = at(
          options.weights.data,
          (tap * inPerGroup + c) * out + o,
        );
      }
    }
  }
  return dense;
}

export const conv2d: Op<Conv2dOptions> = {
  name: 'conv2d',
  inferShape,
  reference,
  lower(inputs, options, shape, lowering) {
    const input = at(inputs, 0);
    const { height, width, isFilter, groups, edge, pads } = resolve(options, 'conv2d');
    const taps: Tap[] = [];
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) taps.push({ dy: i - pads[0][0], dx: j - pads[1][0] });
    }
    const channels = at(lowering.shapeOf(input), 2);
    const linear: Linear = {
      kind: 'linear',
      input,
      shape,
      taps,
      channels: isFilter ? 'shared' : 'dense',
      weights: isFilter
        ? options.weights.data
        : denseWeights(options, taps.length, channels, at(shape, 2), groups),
      bias: options.bias ?? null,
      edge,
    };
    return lowering.add(linear);
  },
};
