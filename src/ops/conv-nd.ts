/**
 * Convolution over 1, 2 or 3 spatial axes, as CNNs have it (cross-correlation, no flip):
 * out(p, o) = f(bias(o) + Σ_k Σ_c W(k, c, o) · in(p · stride + k · dilation − begin, c)).
 * Size: O = ⌊(W − K_eff + begin + end) / stride⌋ + 1, K_eff = (K − 1) · dilation + 1.
 */
import { at } from '../core/assert.ts';
import { checkOneOf, show } from '../core/check.ts';
import { sizeOf, type Shape, type Tensor, type Tensor64 } from '../core/tensor.ts';
import { EDGE_MODES, type EdgeMode, type Linear } from '../primitives/primitive.ts';
import { checkBias, checkGroups, checkWeights, kernelExtent, type Groups } from './check-weights.ts';
import {
  activated,
  checkFusedActivation,
  lowerActivation,
  type FusedActivation,
} from './fused-activation.ts';
import type { LayerFacts, Lowering, Op, SymbolicShape } from './op.ts';
import {
  axisNames,
  checkWindow,
  effectiveExtent,
  outputSizes,
  placeWindow,
  splitShape,
  windowTaps,
  type PlacedWindow,
  type Window,
  type WindowOptions,
} from './window-geometry.ts';
import { forEachRead } from './window-reads.ts';

export type ConvOptions = WindowOptions &
  FusedActivation &
  Readonly<{
    /**
     * `[k…]`: a filter, applied to each channel alike. `[k…, in / groups, out]`: a layer. At most 63 on a side,
     * 1,024 channels in and out.
     */
    weights: Tensor;
    /** `[out]`, added to each output channel. Default none. */
    bias?: Float32Array;
    /** Input channels are split into this many groups. Default 1. Layers only. */
    groups?: number;
    /** What lies outside the input. Default 'replicate' for a filter, 'zero' for a layer. */
    edge?: EdgeMode;
  }>;

/** How a window lies in the input: over all of its spatial axes, or along one. */
export type Embed<Options> = (
  window: Window,
  input: SymbolicShape,
  options: Options,
  where: string,
) => Readonly<{ window: Window; rank: number }>;

type Resolved = Readonly<{
  window: Window;
  isFilter: boolean;
  edge: EdgeMode;
  spatial: SymbolicShape;
  groups: Groups;
  out: number;
}>;

const over =
  <Options>(rank: number): Embed<Options> =>
  (window) => ({ window, rank });

function resolveConv<Options extends ConvOptions>(
  n: number,
  embed: Embed<Options>,
  input: SymbolicShape,
  options: Options,
  where: string,
): Resolved {
  const layout = axisNames(n);
  const name = `${where}: options.weights`;
  const weights = checkWeights(name, options.weights, [layout, [...layout, 'in / groups', 'out']]);
  const isFilter = weights.shape.length === n;
  const extent = kernelExtent(name, weights, n);
  const own = checkWindow(extent, options, { padding: isFilter ? 'same' : 'valid' }, where);
  const edge = options.edge ?? (isFilter ? 'replicate' : 'zero');
  checkOneOf(`${where}: options.edge`, edge, EDGE_MODES);
  const { window, rank } = embed(own, input, options, where);
  const { spatial, channels } = splitShape(input, rank, where);
  const groups = options.groups ?? 1;
  if (isFilter && groups !== 1) {
    throw new RangeError(
      `${where}: options.groups must be 1 for a [${layout.join(', ')}] filter, got ${show(groups)}`,
    );
  }
  const out = isFilter ? channels : at(weights.shape, n + 1);
  // A filter is as many groups of one channel as there are channels, with the same weights.
  const sizes = { channels, inPerGroup: isFilter ? 1 : at(weights.shape, n), out };
  const checked = checkGroups(isFilter ? channels : groups, sizes, where);
  return { window, isFilter, edge, spatial, out, groups: checked };
}

/** The op of that name over `n` spatial axes. */
export function convOp<Options extends ConvOptions>(
  name: string,
  n: 1 | 2 | 3,
  embed: Embed<Options> = over(n),
): Op<Options> {
  const resolve = (input: SymbolicShape, options: Options, where = name): Resolved =>
    resolveConv(n, embed, input, options, where);
  return {
    name,
    inferShape(inputs, options, where) {
      const { window, spatial, out } = resolve(at(inputs, 0), options, where);
      checkDepth(window, spatial, options, where);
      checkBias(options.bias, out, where);
      checkFusedActivation(options, where);
      return [...outputSizes(window, spatial, where), out];
    },
    reference(inputs, options) {
      const input = at(inputs, 0);
      const resolved = resolve(input.shape, options);
      const placed = placeWindow(resolved.window, input.shape.slice(0, -1));
      return activated(convolved(input, options, resolved, placed), options);
    },
    lower(inputs, options, shape, lowering) {
      const input = at(inputs, 0);
      const inputShape = lowering.shapeOf(input);
      const resolved = resolve(inputShape, options);
      const placed = placeWindow(resolved.window, inputShape.slice(0, -1));
      const linear = lowerConv(input, options, resolved, placed, shape, lowering);
      return lowerActivation(linear, options, shape, lowering);
    },
    layer(inputs, options, shape): LayerFacts {
      const { window, groups } = resolve(at(inputs, 0), options);
      return {
        parameters: options.weights.data.length + (options.bias?.length ?? 0),
        macs: sizeOf(shape) * sizeOf(window.extent) * groups.inPerGroup,
        window: windowFacts(window),
      };
    },
  };
}

/**
 * A kernel that is deeper than the stack would filter frames that are not there: that is for `padding` to say.
 * @throws RangeError
 */
function checkDepth(window: Window, spatial: SymbolicShape, { padding }: ConvOptions, where: string): void {
  const [frames] = spatial;
  if (spatial.length !== 3 || typeof frames !== 'number') return;
  if (padding === 'same' || padding === 'same-lower') return;
  const [before, after] = typeof window.padding === 'string' ? [0, 0] : at(window.padding, 0);
  const depth = effectiveExtent(window, 0);
  if (depth <= frames + before + after) return;
  throw new RangeError(`${where}: the kernel is ${depth} frames deep, and the stack holds ${frames}`);
}

/** How far a window sees, dilation included, and its steps. */
export function windowFacts(window: Window): NonNullable<LayerFacts['window']> {
  const extent = window.extent.map((_, axis) => effectiveExtent(window, axis));
  return { extent, stride: window.strides };
}

function convolved(
  input: Tensor64,
  options: ConvOptions,
  { isFilter, edge, groups, out }: Resolved,
  placed: PlacedWindow,
): Tensor64 {
  const shape: Shape = [...placed.output, out];
  const channels = at(input.shape, input.shape.length - 1);
  const { inPerGroup, outPerGroup } = groups;
  const weights = options.weights.data;
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = options.bias?.[i % out] ?? 0;
  forEachRead(placed, edge, (output, tap, position) => {
    for (let o = 0; o < out; o++) {
      const first = Math.floor(o / outPerGroup) * inPerGroup;
      let sum = 0;
      for (let c = 0; c < inPerGroup; c++) {
        const weight = isFilter ? tap : (tap * inPerGroup + c) * out + o;
        sum += at(weights, weight) * at(input.data, position * channels + first + c);
      }
      data[output * out + o] = at(data, output * out + o) + sum;
    }
  });
  return { shape, data };
}

function lowerConv(
  input: number,
  options: ConvOptions,
  { isFilter, edge, groups }: Resolved,
  placed: PlacedWindow,
  shape: Shape,
  lowering: Lowering,
): number {
  const linear: Linear = {
    kind: 'linear',
    input,
    shape,
    taps: windowTaps(placed),
    strides: placed.strides,
    upsample: placed.strides.map(() => 1),
    channels: isFilter ? 'shared' : 'dense',
    groups: isFilter ? 1 : groups.groups,
    weights: options.weights.data,
    bias: options.bias ?? null,
    edge,
  };
  return lowering.add(linear);
}
