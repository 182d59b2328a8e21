/**
 * The primitives: all that a backend implements. Every op lowers to these, so a new op is a reference and a
 * lowering, never one implementation per backend. `linear` and `stencil` with one tap (a map) so far.
 */
import type { Shape } from '../core/tensor.ts';
import type { Expression } from './expression.ts';

/** What a read outside the image gives: nothing, or the nearest pixel. */
export const EDGE_MODES = ['zero', 'replicate'] as const;
export type EdgeMode = (typeof EDGE_MODES)[number];

/** A position relative to the output's, in pixels: down and right are positive. */
export type Tap = Readonly<{ dy: number; dx: number }>;

/**
 * out(y, x, o) = bias(o) + Σ_tap Σ_c weights(tap, c, o) · in(y + dy, x + dx, c)
 *
 * `channels: 'shared'` has one weight per tap, `[taps]`, and filters each channel by itself;
 * `channels: 'dense'` has `[taps, in, out]`.
 */
export type Linear = Readonly<{
  kind: 'linear';
  input: number;
  shape: Shape;
  taps: readonly Tap[];
  channels: 'shared' | 'dense';
  weights: Float32Array;
  /** `[out]` */
  bias: Float32Array | null;
  edge: EdgeMode;
}>;

/** out(p) = expression(inputs at p) */
export type Stencil = Readonly<{
  kind: 'stencil';
  inputs: readonly number[];
  shape: Shape;
  expression: Expression;
}>;

/** The frame: R'G'B' in 0..1, `[height, width, 3]`. */
export type FrameLeaf = Readonly<{ kind: 'frame'; shape: Shape }>;

export type Primitive = FrameLeaf | Linear | Stencil;

/** Values in topological order; an input is the index of an earlier one. */
export type PrimitiveProgram = Readonly<{ values: readonly Primitive[]; output: number }>;
