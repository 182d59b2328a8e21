/**
 * deformConv2d: a convolution whose taps move with the content (Dai et al. 2017; with a mask: Zhu et al. 2018, v2):
 * out(p, o) = f(bias(o) + Σ_k Σ_c W(k, c, o) · mask(p, g, k) · in(p · stride + k · dilation − begin + offset(p, g, k), c)),
 * read bilinearly, 0 outside; g = ⌊c / (C / offsetGroups)⌋.
 */
import { at } from '../core/assert.ts';
import { checkInteger } from '../core/check.ts';
import { showShape, sizeOf, type Shape, type Tensor, type Tensor64 } from '../core/tensor.ts';
import { checkBias, checkGroups, checkWeights, kernelExtent, type Groups } from './check-weights.ts';
import { windowFacts } from './conv-nd.ts';
import {
  activated,
  checkFusedActivation,
  lowerActivation,
  type FusedActivation,
} from './fused-activation.ts';
import type { Op, SymbolicShape } from './op.ts';
import {
  checkWindow,
  outputSizes,
  placeWindow,
  splitShape,
  windowTaps,
  type PlacedWindow,
  type Window,
  type WindowOptions,
} from './window-geometry.ts';

/** Padding is 'valid' by default; outside the image there are zeros. */
export type DeformConv2dOptions = WindowOptions &
  FusedActivation &
  Readonly<{
    /** `[height, width, in / groups, out]` */
    weights: Tensor;
    /** `[out]`, added to each output channel. Default none. */
    bias?: Float32Array;
    /** Input channels are split into this many groups. Default 1. */
    groups?: number;
    /** Input channels are split into this many groups with offsets of their own. Default 1. */
    offsetGroups?: number;
  }>;

/** Taps · channels that a deformable convolution may gather: a 3×3 over 1,024 channels. */
export const MAX_DEFORM_READS = 9216;

type Resolved = Readonly<{
  window: Window;
  spatial: SymbolicShape;
  channels: number;
  groups: Groups;
  offsetGroups: number;
  taps: number;
  out: number;
}>;

function resolve(input: SymbolicShape, options: DeformConv2dOptions, where: string): Resolved {
  const name = `${where}: options.weights`;
  const weights = checkWeights(name, options.weights, [['height', 'width', 'in / groups', 'out']]);
  const extent = kernelExtent(name, weights, 2);
  const taps = sizeOf(extent);
  const window = checkWindow(extent, options, { padding: 'valid' }, where);
  const { spatial, channels } = splitShape(input, 2, where);
  const out = at(weights.shape, 3);
  const groups = checkGroups(options.groups ?? 1, { channels, inPerGroup: at(weights.shape, 2), out }, where);
  const bounds = { min: 1, max: channels };
  const offsetGroups = checkInteger(`${where}: options.offsetGroups`, options.offsetGroups ?? 1, bounds);
  if (channels % offsetGroups !== 0) {
    throw new RangeError(
      `${where}: the ${channels} input channels must divide into options.offsetGroups = ${offsetGroups}`,
    );
  }
  if (taps * channels > MAX_DEFORM_READS) {
    throw new RangeError(
      `${name}: taps · input channels must be at most ${MAX_DEFORM_READS}, got ${taps} · ${channels}`,
    );
  }
  return { window, spatial, channels, groups, offsetGroups, taps, out };
}

function checkField(name: string, shape: SymbolicShape, expected: SymbolicShape): void {
  const fits =
    shape.length === 3 &&
    expected.every((size, axis) => size === null || shape[axis] === null || shape[axis] === size);
  if (!fits)
    throw new RangeError(`${name} must have the shape ${showShape(expected)}, got ${showShape(shape)}`);
}

function inferShape(
  inputs: readonly SymbolicShape[],
  options: DeformConv2dOptions,
  where: string,
): SymbolicShape {
  if (inputs.length !== 2 && inputs.length !== 3) {
    throw new TypeError(
      `${where}: the inputs must be [image, offsets] or [image, offsets, mask], got ${inputs.length}`,
    );
  }
  const { window, spatial, offsetGroups, taps, out } = resolve(at(inputs, 0), options, where);
  const sizes = outputSizes(window, spatial, where);
  checkField(`${where}: the offsets`, at(inputs, 1), [...sizes, offsetGroups * taps * 2]);
  const mask = inputs[2];
  if (mask !== undefined) checkField(`${where}: the mask`, mask, [...sizes, offsetGroups * taps]);
  checkBias(options.bias, out, where);
  checkFusedActivation(options, where);
  return [...sizes, out];
}

/** in(y, x, channel) between its four neighbours, each 0 where it is outside. */
function bilinear({ shape, data }: Tensor64, y: number, x: number, channel: number): number {
  const [height, width, channels] = shape as readonly [number, number, number];
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const pixel = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= height || column >= width
      ? 0
      : at(data, (row * width + column) * channels + channel);
  const [down, right] = [y - top, x - left];
  const above = (1 - right) * pixel(top, left) + right * pixel(top, left + 1);
  const below = (1 - right) * pixel(top + 1, left) + right * pixel(top + 1, left + 1);
  return (1 - down) * above + down * below;
}

/** What tap `tap` reads of `channel` at output position `pixel`, weighed by the mask. */
function moved(
  inputs: readonly Tensor64[],
  resolved: Resolved,
  placed: PlacedWindow,
  { pixel, tap, channel }: Readonly<{ pixel: number; tap: number; channel: number }>,
): number {
  const { offsetGroups, taps, channels } = resolved;
  const width = at(placed.output, 1);
  const columns = at(placed.extent, 1);
  const group = Math.floor(channel / (channels / offsetGroups));
  const slot = (pixel * offsetGroups + group) * taps + tap;
  const along = (axis: 0 | 1, p: number, k: number): number =>
    p * at(placed.strides, axis) +
    k * at(placed.dilations, axis) -
    at(placed.pads, axis)[0] +
    at(at(inputs, 1).data, slot * 2 + axis);
  const y = along(0, Math.floor(pixel / width), Math.floor(tap / columns));
  const x = along(1, pixel % width, tap % columns);
  return bilinear(at(inputs, 0), y, x, channel) * (inputs[2]?.data[slot] ?? 1);
}

function reference(inputs: readonly Tensor64[], options: DeformConv2dOptions): Tensor64 {
  const shape = inferShape(
    inputs.map((input) => input.shape),
    options,
    'deformConv2d',
  ) as Shape;
  const input = at(inputs, 0);
  const resolved = resolve(input.shape, options, 'deformConv2d');
  const placed = placeWindow(resolved.window, input.shape.slice(0, -1));
  const { taps, channels, out, groups } = resolved;
  const { inPerGroup, outPerGroup } = groups;
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = options.bias?.[i % out] ?? 0;
  for (let pixel = 0; pixel < sizeOf(placed.output); pixel++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let channel = 0; channel < channels; channel++) {
        const value = moved(inputs, resolved, placed, { pixel, tap, channel });
        const first = Math.floor(channel / inPerGroup) * outPerGroup;
        const row = (tap * inPerGroup + (channel % inPerGroup)) * out;
        for (let o = first; o < first + outPerGroup; o++) {
          data[pixel * out + o] = at(data, pixel * out + o) + at(options.weights.data, row + o) * value;
        }
      }
    }
  }
  return activated({ shape, data }, options);
}

/**
 * The weights that mix the gathered channels, `[taps · in, out]`. They lie tap by tap, so that a group's are not
 * together: with groups the others get zeros.
 */
function mixWeights(options: DeformConv2dOptions, { taps, channels, out, groups }: Resolved): Float32Array {
  const weights = options.weights.data;
  if (groups.groups === 1) return weights;
  const { inPerGroup, outPerGroup } = groups;
  const mix = new Float32Array(taps * channels * out);
  for (let tap = 0; tap < taps; tap++) {
    for (let o = 0; o < out; o++) {
      const first = Math.floor(o / outPerGroup) * inPerGroup;
      for (let c = 0; c < inPerGroup; c++) {
        mix[(tap * channels + first + c) * out + o] = at(weights, (tap * inPerGroup + c) * out + o);
      }
    }
  }
  return mix;
}

/**
 * Inputs: the image `[height, width, channels]`, offsets `[oh, ow, offsetGroups · kh · kw · 2]` in pixels, y before x,
 * and, in v2, a mask `[oh, ow, offsetGroups · kh · kw]`.
 */
export const deformConv2d: Op<DeformConv2dOptions> = {
  name: 'deformConv2d',
  inferShape,
  reference,
  lower(inputs, options, shape, lowering) {
    const input = at(inputs, 0);
    const inputShape = lowering.shapeOf(input);
    const resolved = resolve(inputShape, options, 'deformConv2d');
    const placed = placeWindow(resolved.window, inputShape.slice(0, -1));
    const gathered = lowering.add({
      kind: 'deform',
      input,
      offsets: at(inputs, 1),
      mask: inputs[2] ?? null,
      shape: [...placed.output, resolved.taps * resolved.channels],
      taps: windowTaps(placed),
      strides: placed.strides,
      offsetGroups: resolved.offsetGroups,
    });
    const linear = lowering.add({
      kind: 'linear',
      input: gathered,
      shape,
      taps: [[0, 0]],
      strides: [1, 1],
      upsample: [1, 1],
      channels: 'dense',
      groups: 1,
      weights: mixWeights(options, resolved),
      bias: options.bias ?? null,
      edge: 'zero',
    });
    return lowerActivation(linear, options, shape, lowering);
  },
  layer(inputs, options, shape) {
    const { window, groups, taps } = resolve(at(inputs, 0), options, 'deformConv2d');
    return {
      parameters: options.weights.data.length + (options.bias?.length ?? 0),
      macs: sizeOf(shape) * taps * groups.inPerGroup,
      window: windowFacts(window),
    };
  },
};
