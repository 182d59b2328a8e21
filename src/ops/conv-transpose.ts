/**
 * Transposed convolution over 1, 2 or 3 spatial axes, the adjoint of convolution: what it adds up is
 * out(i · stride + k · dilation − begin, o) += W(k, o, c) · in(i, c), then the bias and the activation.
 * Size: O = (W − 1) · stride + K_eff − begin − end + outputPadding; 'same' gives W · stride.
 */
import { at } from '../core/assert.ts';
import { checkInteger } from '../core/check.ts';
import { sizeOf, type Shape, type Tensor, type Tensor64 } from '../core/tensor.ts';
import type { Linear } from '../primitives/primitive.ts';
import { checkBias, checkGroups, checkWeights, kernelExtent, type Groups } from './check-weights.ts';
import {
  activated,
  checkFusedActivation,
  lowerActivation,
  type FusedActivation,
} from './fused-activation.ts';
import type { LayerFacts, Op, SymbolicShape } from './op.ts';
import {
  axisNames,
  checkPerAxis,
  checkWindow,
  effectiveExtent,
  splitPadding,
  splitShape,
  windowTaps,
  type PerAxis,
  type PlacedWindow,
  type Window,
  type WindowOptions,
} from './window-geometry.ts';

/**
 * Padding takes away from the output; a negative one adds to it. 'valid' (the default) takes nothing, 'same' leaves
 * W · stride, with an odd one at the end ('same-lower': at the begin).
 */
export type ConvTransposeOptions = WindowOptions &
  FusedActivation &
  Readonly<{
    /** `[k…, out / groups, in]`. At most 63 on a side, 1,024 channels in and out. */
    weights: Tensor;
    /** `[out]`, added to each output channel. Default none. */
    bias?: Float32Array;
    /** Input channels are split into this many groups. Default 1. */
    groups?: number;
    /** Added to the end of the output, per axis, below the stride or the dilation. Default 0. */
    outputPadding?: PerAxis;
    /**
     * The spatial sizes of the output, instead of the computed ones. Explicit padding keeps its begins and lets go of
     * its ends; with 'same' the padding is what is left over.
     */
    outputShape?: readonly number[];
  }>;

type Resolved = Readonly<{
  window: Window;
  spatial: SymbolicShape;
  groups: Groups;
  outputPadding: readonly number[];
  outputShape: readonly number[] | null;
  out: number;
}>;

function checkOutputPadding(options: ConvTransposeOptions, window: Window, where: string): readonly number[] {
  const name = `${where}: options.outputPadding`;
  const rank = window.extent.length;
  const values = checkPerAxis(name, options.outputPadding ?? 0, rank, { min: 0, max: 1023 });
  values.forEach((value, axis) => {
    const limit = Math.max(at(window.strides, axis), at(window.dilations, axis));
    if (value < limit) return;
    throw new RangeError(
      `${name}[${axis}] must be below the stride or the dilation, that is < ${limit}, got ${value}`,
    );
  });
  return values;
}

/** The groups that the input's channels divide into. */
function checkDivision(groups: number, channels: number, inWeights: number, where: string): number {
  if (inWeights !== channels) {
    throw new RangeError(
      `${where}: options.weights have ${inWeights} input channels, and the input has ${channels}`,
    );
  }
  checkInteger(`${where}: options.groups`, groups, { min: 1, max: channels });
  if (channels % groups !== 0) {
    throw new RangeError(
      `${where}: the ${channels} input channels must divide into options.groups = ${groups}`,
    );
  }
  return groups;
}

function resolve(input: SymbolicShape, n: number, options: ConvTransposeOptions, where: string): Resolved {
  const name = `${where}: options.weights`;
  const weights = checkWeights(name, options.weights, [[...axisNames(n), 'out / groups', 'in']]);
  const extent = kernelExtent(name, weights, n);
  const window = checkWindow(extent, options, { padding: 'valid', minPad: -1024 }, where);
  const { spatial, channels } = splitShape(input, n, where);
  const groups = checkDivision(options.groups ?? 1, channels, at(weights.shape, n + 1), where);
  const inPerGroup = channels / groups;
  const out = at(weights.shape, n) * groups;
  const limits = { min: 1, max: 16384 };
  return {
    window,
    spatial,
    groups: checkGroups(groups, { channels, inPerGroup, out }, where),
    outputPadding: checkOutputPadding(options, window, where),
    outputShape:
      options.outputShape === undefined
        ? null
        : checkPerAxis(`${where}: options.outputShape`, options.outputShape, n, limits),
    out,
  };
}

/** The output size of one axis, and how many elements of the full result lie before it. */
function placeAxis(resolved: Resolved, axis: number, size: number) {
  const { window, outputPadding, outputShape } = resolved;
  const { padding } = window;
  const stride = at(window.strides, axis);
  const full = (size - 1) * stride + effectiveExtent(window, axis) + at(outputPadding, axis);
  if (padding === 'same' || padding === 'same-lower') {
    const output = outputShape === null ? size * stride : at(outputShape, axis);
    return { output, begin: splitPadding(Math.max(0, full - output), padding)[0] };
  }
  const pads = padding === 'valid' ? ([0, 0] as const) : at(padding, axis);
  const output = outputShape === null ? full - pads[0] - pads[1] : at(outputShape, axis);
  return { output, begin: pads[0] };
}

function outputSizes(resolved: Resolved, where: string): (number | null)[] {
  return resolved.spatial.map((size, axis) => {
    if (size === null) return resolved.outputShape?.[axis] ?? null;
    const { output, begin } = placeAxis(resolved, axis, size);
    if (output >= 1) return output;
    const name = axisNames(resolved.spatial.length)[axis] ?? `axis ${axis}`;
    throw new RangeError(
      `${where}: options.padding takes all of the output ${name}: an input of ${size}, with ${begin} off its begin, ` +
        `would give the size ${output}`,
    );
  });
}

function place(resolved: Resolved, input: Shape): PlacedWindow {
  const axes = input.map((size, axis) => placeAxis(resolved, axis, size));
  return {
    ...resolved.window,
    input,
    output: axes.map(({ output }) => output),
    pads: axes.map(({ begin }) => [begin, 0] as const),
  };
}

/** Visits every input position, every tap and the output position that they meet at, where there is one. */
function forEachWrite(
  placed: PlacedWindow,
  visit: (input: number, tap: number, output: number) => void,
): void {
  const { extent, strides, dilations, pads, input, output } = placed;
  const walk = (axis: number, inputIndex: number, tap: number, outputIndex: number): void => {
    if (axis === extent.length) {
      visit(inputIndex, tap, outputIndex);
      return;
    }
    const [places, taps, size] = [at(input, axis), at(extent, axis), at(output, axis)];
    for (let i = 0; i < places; i++) {
      for (let k = 0; k < taps; k++) {
        const position = i * at(strides, axis) + k * at(dilations, axis) - at(pads, axis)[0];
        if (position < 0 || position >= size) continue;
        walk(axis + 1, inputIndex * places + i, tap * taps + k, outputIndex * size + position);
      }
    }
  };
  walk(0, 0, 0, 0);
}

function scattered(input: Tensor64, options: ConvTransposeOptions, resolved: Resolved): Tensor64 {
  const placed = place(resolved, input.shape.slice(0, -1));
  const { groups, out } = resolved;
  const { inPerGroup, outPerGroup } = groups;
  const channels = inPerGroup * groups.groups;
  const shape: Shape = [...placed.output, out];
  const weights = options.weights.data;
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = options.bias?.[i % out] ?? 0;
  forEachWrite(placed, (position, tap, output) => {
    for (let c = 0; c < channels; c++) {
      const value = at(input.data, position * channels + c);
      const first = Math.floor(c / inPerGroup) * outPerGroup;
      for (let o = 0; o < outPerGroup; o++) {
        const target = output * out + first + o;
        data[target] = at(data, target) + at(weights, (tap * outPerGroup + o) * channels + c) * value;
      }
    }
  });
  return { shape, data };
}

/** `[taps, out / groups, in]` → `[taps, in / groups, out]`, the taps turned around: from the scatter to the gather. */
function gatherWeights(
  weights: Float32Array,
  taps: number,
  { groups, inPerGroup, outPerGroup }: Groups,
): Float32Array {
  const [channels, out] = [groups * inPerGroup, groups * outPerGroup];
  const gathered = new Float32Array(weights.length);
  for (let tap = 0; tap < taps; tap++) {
    for (let o = 0; o < out; o++) {
      const group = Math.floor(o / outPerGroup);
      const row = ((taps - 1 - tap) * outPerGroup + (o % outPerGroup)) * channels + group * inPerGroup;
      for (let c = 0; c < inPerGroup; c++) gathered[(tap * inPerGroup + c) * out + o] = at(weights, row + c);
    }
  }
  return gathered;
}

/** out(p) = Σ_k W(k) · in⁺(p + begin − k · dilation), where in⁺ has `stride − 1` zeros between its pixels. */
function gather(
  input: number,
  options: ConvTransposeOptions,
  resolved: Resolved,
  placed: PlacedWindow,
): Linear {
  const taps = windowTaps(placed).map((tap) => tap.map((offset) => 0 - offset));
  return {
    kind: 'linear',
    input,
    shape: [...placed.output, resolved.out],
    taps: taps.reverse(),
    strides: placed.strides.map(() => 1),
    upsample: placed.strides,
    channels: 'dense',
    groups: resolved.groups.groups,
    weights: gatherWeights(options.weights.data, taps.length, resolved.groups),
    bias: options.bias ?? null,
    edge: 'zero',
  };
}

/** What an output position sees of the input: ⌈K_eff / stride⌉ of its elements; a step is 1 / stride of one. */
function seenWindow(window: Window): NonNullable<LayerFacts['window']> {
  const { strides } = window;
  return {
    extent: strides.map((stride, axis) => Math.ceil(effectiveExtent(window, axis) / stride)),
    stride: strides.map((stride) => 1 / stride),
  };
}

function convTransposeOp(name: string, n: 1 | 2 | 3): Op<ConvTransposeOptions> {
  return {
    name,
    inferShape(inputs, options, where) {
      const resolved = resolve(at(inputs, 0), n, options, where);
      checkBias(options.bias, resolved.out, where);
      checkFusedActivation(options, where);
      return [...outputSizes(resolved, where), resolved.out];
    },
    reference(inputs, options) {
      const input = at(inputs, 0);
      return activated(scattered(input, options, resolve(input.shape, n, options, name)), options);
    },
    lower(inputs, options, shape, lowering) {
      const input = at(inputs, 0);
      const inputShape = lowering.shapeOf(input);
      const resolved = resolve(inputShape, n, options, name);
      const placed = place(resolved, inputShape.slice(0, -1));
      return lowerActivation(
        lowering.add(gather(input, options, resolved, placed)),
        options,
        shape,
        lowering,
      );
    },
    layer(inputs, options) {
      const input = at(inputs, 0);
      const { window, groups } = resolve(input, n, options, name);
      return {
        parameters: options.weights.data.length + (options.bias?.length ?? 0),
        macs: sizeOf(input) * sizeOf(window.extent) * groups.outPerGroup,
        window: seenWindow(window),
      };
    },
  };
}

/** `[length, channels]`; weights `[k, out / groups, in]` */
export const convTranspose1d = convTransposeOp('convTranspose1d', 1);
/** `[height, width, channels]`; weights `[height, width, out / groups, in]` */
export const convTranspose2d = convTransposeOp('convTranspose2d', 2);
/** `[frames, height, width, channels]`; weights `[frames, height, width, out / groups, in]` */
export const convTranspose3d = convTransposeOp('convTranspose3d', 3);
