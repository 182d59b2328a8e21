/**
 * The primitives: all that a backend implements. Every op lowers to these, so a new op is a reference and a
 * lowering, never one implementation per backend.
 *
 * A value is a tensor of rank 0 to 5, channels last: `[...spatial, channels]`. Taps, strides and pads are per
 * spatial axis, in the order of the shape. What a size-1 axis gives broadcasts; shapes align at their last axes.
 */
import type { MemoryRules } from '../core/memory-clock.ts';
import type { Shape } from '../core/tensor.ts';
import type { TemporalWindow } from '../kernels/temporal-window.ts';
import type { Expression } from './expression.ts';

/**
 * What a read outside gives: 0, or a pixel inside. For a row `a b c d`:
 * replicate `a a|a b c d|d d`, reflect (101) `c b|a b c d|c b`, symmetric `b a|a b c d|d c`, wrap `c d|a b c d|a b`.
 */
export const EDGE_MODES = ['zero', 'replicate', 'reflect', 'symmetric', 'wrap'] as const;
export type EdgeMode = (typeof EDGE_MODES)[number];

/** A position relative to the output's, one number per spatial axis, in pixels of the (upsampled) input. */
export type Tap = readonly number[];

/**
 * out(p, o) = bias(o) + Σ_tap Σ_c weights(tap, c, o) · in⁺(p · strides + tap, c)
 *
 * in⁺ is the input with `upsample − 1` zeros between its pixels on each axis: in⁺(q) = in(q / upsample) where that
 * is whole, else 0. So a transposed convolution is a `linear` with `upsample` = its strides.
 *
 * Weights are `[taps, in / groups, out]`, or `[taps]` where `channels` is 'shared': one weight per tap for each
 * channel alike. Output channel o reads the input channels of its group, ⌊o / (out / groups)⌋.
 */
export type Linear = Readonly<{
  kind: 'linear';
  input: number;
  shape: Shape;
  taps: readonly Tap[];
  strides: readonly number[];
  upsample: readonly number[];
  channels: 'shared' | 'dense';
  groups: number;
  weights: Float32Array;
  /** `[out]` */
  bias: Float32Array | null;
  edge: EdgeMode;
}>;

/** out(p) = expression(inputs at p); inputs broadcast to the output's shape. */
export type Stencil = Readonly<{
  kind: 'stencil';
  inputs: readonly number[];
  shape: Shape;
  expression: Expression;
}>;

/**
 * A fold over a window: acc = initial; for each tap inside the input acc = fold(acc, in(p · strides + tap));
 * out = finish(acc, number of taps inside). Taps outside are left out. Each channel by itself.
 */
export type Fold = Readonly<{
  kind: 'fold';
  input: number;
  shape: Shape;
  taps: readonly Tap[];
  strides: readonly number[];
  initial: number;
  /** Operand 0 is the accumulator, operand 1 the tap's value. */
  fold: Expression;
  /** Operand 0 is the accumulator, operand 1 the number of taps inside. */
  finish: Expression;
}>;

/**
 * Resampling: out(p, c) = in at s = p · scale + offset on each spatial axis, clamped to the input.
 * 'linear' weighs the two neighbours on each axis, 'nearest' takes ⌊s + ½⌋ after `offset`. 'cubic' weighs four on the
 * axes whose scale is not 1, by the cubic B-spline: pixels ⌊s⌋ − 1 to ⌊s⌋ + 2, each clamped to the input; s is not.
 */
export type Resample = Readonly<{
  kind: 'resample';
  input: number;
  shape: Shape;
  mode: 'nearest' | 'linear' | 'cubic';
  /** One per spatial axis. */
  scale: readonly number[];
  offset: readonly number[];
}>;

/**
 * Deformable reads, bilinear, 0 outside: out(y, x, tap · C + c) = mask(y, x, g, tap) · in(s, c) with
 * s = (y, x) · strides + taps[tap] + offsets(y, x, g, tap, 0..1), y before x, and g = ⌊c / (C / offsetGroups)⌋.
 * Offsets are `[h, w, offsetGroups · taps · 2]`, masks `[h, w, offsetGroups · taps]`.
 */
export type Deform = Readonly<{
  kind: 'deform';
  input: number;
  offsets: number;
  mask: number | null;
  shape: Shape;
  taps: readonly Tap[];
  strides: readonly number[];
  offsetGroups: number;
}>;

/**
 * A fold over whole axes: acc = initial; over all elements acc = fold(acc, in(…)); out = finish(acc). The reduced
 * axes stay with size 1.
 */
export type Reduce = Readonly<{
  kind: 'reduce';
  input: number;
  shape: Shape;
  axes: readonly number[];
  initial: number;
  /** Operand 0 is the accumulator, operand 1 the element. */
  fold: Expression;
  /** Operand 0 is the accumulator. */
  finish: Expression;
}>;

/**
 * Elements put elsewhere: pad, crop, slice, concat, transpose. Output element i reads piece k when
 * start ≤ i < start + size on every axis, at input position (i − start) · step + from on the input axis `axes[axis]`
 * of it; outside that input by its edge mode. Where no piece covers, `fill`.
 */
export type Move = Readonly<{
  kind: 'move';
  inputs: readonly number[];
  shape: Shape;
  pieces: readonly Piece[];
  fill: number;
}>;

/** All arrays are per output axis. */
export type Piece = Readonly<{
  /** Index into the move's `inputs`. */
  input: number;
  start: readonly number[];
  size: readonly number[];
  from: readonly number[];
  step: readonly number[];
  /** The input axis that each output axis runs along. */
  axes: readonly number[];
  edge: EdgeMode;
}>;

/** The same elements, row-major, under another shape. */
export type Reshape = Readonly<{ kind: 'reshape'; input: number; shape: Shape }>;

/** What is remembered from frame to frame, and under which name: plans of graphs alike take it over from each other. */
export type Memory = MemoryRules &
  Readonly<{
    name: string;
    /** It follows from what else is remembered: where that is taken over, it begins anew. Absent for most. */
    isDerived?: true;
  }>;

/** The last `frames` values of the input, the oldest first: out(i, p) = in(p) of frames − 1 − i frames ago. */
export type Stack = Readonly<{ kind: 'stack'; input: number; shape: Shape; memory: Memory }>;

/**
 * out(p) = Σ_age weights(age) · in(p) of `age` frames ago; a window's weights follow the frames' real ages.
 * `memory.frames` values are remembered, this frame's included.
 */
export type Temporal = Readonly<{
  kind: 'temporal';
  input: number;
  shape: Shape;
  /** The newest first. */
  weights: Float32Array | TemporalWindow;
  memory: Memory;
}>;

/**
 * out(p) = expression(out(p) of the frame before, inputs at p …), and first(…, inputs at p …) where there is no frame
 * before. Operand 0 of `expression` is the frame before, and the inputs follow; inputs broadcast to the output's shape.
 */
export type Recurrence = Readonly<{
  kind: 'recurrence';
  inputs: readonly number[];
  shape: Shape;
  expression: Expression;
  first: Expression;
  memory: Memory;
}>;

/**
 * A filter over space and time, each channel alike: out(p) = bias + Σ_age Σ_tap weights(age, tap) · in(p + tap) of `age`
 * frames ago. Written by the planner, for a convolution over a stack whose newest output alone is wanted.
 */
export type SpaceTime = Readonly<{
  kind: 'spacetime';
  input: number;
  shape: Shape;
  /** In space. */
  taps: readonly Tap[];
  /** `[memory.frames, taps]`, the newest first. */
  weights: Float32Array;
  bias: number;
  edge: EdgeMode;
  memory: Memory;
}>;

/** What comes from outside: the frame (R'G'B' in 0..1, `[height, width, 3]`) or a tensor by its name. */
export type InputLeaf = Readonly<{ kind: 'input'; name: string; shape: Shape }>;

/** Numbers that belong to the graph: scales, slopes, offsets. */
export type ConstantLeaf = Readonly<{ kind: 'constant'; shape: Shape; data: Float32Array }>;

export type Primitive =
  | InputLeaf
  | ConstantLeaf
  | Linear
  | Stencil
  | Fold
  | Resample
  | Deform
  | Reduce
  | Move
  | Reshape
  | Stack
  | Temporal
  | Recurrence
  | SpaceTime;

/** Values in topological order; an input is the index of an earlier one. */
export type PrimitiveProgram = Readonly<{
  values: readonly Primitive[];
  output: number;
  /** Values that are read back, by their names. Absent where there are none. */
  measurements?: Readonly<Record<string, number>>;
}>;

/** Places of its input that one place of the output reads, where they are counted: taps, or frames; else null. */
export function readsOf(value: Primitive): number | null {
  if (value.kind === 'temporal') return value.memory.frames;
  return 'taps' in value ? value.taps.length : null;
}

/** The values that a primitive reads. */
export function inputsOf(value: Primitive): readonly number[] {
  switch (value.kind) {
    case 'input':
    case 'constant':
      return [];
    case 'stencil':
    case 'move':
    case 'recurrence':
      return value.inputs;
    case 'deform':
      return value.mask === null ? [value.input, value.offsets] : [value.input, value.offsets, value.mask];
    default:
      return [value.input];
  }
}
