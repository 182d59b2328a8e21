/**
 * The plan: what a backend executes, as data. Passes run in order; each computes one image from earlier ones.
 *
 * Texel layouts:
 *   rgba     one pixel a texel, up to 4 channels      | R G B A | R G B A | …    W × H texels
 *   packed4  one channel, 4 neighbouring pixels       | Y0 Y1 Y2 Y3 | Y4 Y5 … |  ⌈W/4⌉ × H texels
 *   atlas    a tensor of rank 0 to 5 as tiles of W × H texels, 4 channels a texel: tile (a, b, ⌊c / 4⌋), row by row
 *   single   one channel, one pixel a texel           | U0 | U1 | …              W × H texels, read bilinearly
 */
import type { FrameColor, RangeExpansion } from '../core/frame-color.ts';
import type { Interval, Expression } from '../primitives/expression.ts';
import type { EdgeMode, Primitive } from '../primitives/primitive.ts';
import type { Shape } from '../core/tensor.ts';

export type TexelLayout = 'rgba' | 'packed4' | 'single' | 'atlas';
export type TexelFormat = 'r8' | 'rgba8' | 'rgba16f' | 'rgba32f';

export type FrameSize = Readonly<{ width: number; height: number }>;

/** How a frame arrives: as one RGBA texture, or as its own planes (Y full size, U and V half size). */
export type FrameLayout = 'rgba' | 'planar420';

/** All that decides how a graph is planned for the frames of a stream. */
export type FrameForm = FrameSize & Readonly<{ layout: FrameLayout; color: FrameColor }>;

/** An image that lives in a texture: an input plane of the frame, or the output of a pass. */
export type ImageSource =
  | Readonly<{ kind: 'frame'; plane: 'rgba' | 'y' | 'u' | 'v' }>
  | Readonly<{ kind: 'pass'; index: number }>
  /** A tensor that is given with each run, or once with the graph. */
  | Readonly<{ kind: 'tensor'; name: string }>
  | Readonly<{ kind: 'constant'; data: Float32Array }>;

/** Where the elements of a tensor are in its texture. */
export type Atlas = Readonly<{
  /** The tensor's shape, aligned at its last axis and filled with ones: `[a, b, height, width, channels]`. */
  dims: readonly [a: number, b: number, height: number, width: number, channels: number];
  /** Tiles in a row of the texture. */
  columns: number;
  shape: Shape;
}>;

export type Image = Readonly<{
  source: ImageSource;
  /** In pixels; of an atlas, in texels of its texture. */
  width: number;
  height: number;
  channels: number;
  layout: TexelLayout;
  format: TexelFormat;
  /** What the values can be, where that is known. */
  interval: Interval;
  /** Where codes are stored: value = clamp(code · scale + offset, 0, 1). Null where values are. */
  expansion: RangeExpansion | null;
  /** Null for images that are no tensor. */
  atlas: Atlas | null;
}>;

/** A position relative to the output's, in pixels: down and right are positive. */
export type PixelTap = Readonly<{ dy: number; dx: number }>;

/** One operand of a pass: Σ over taps of weights · image, plus a bias. A plain read is one tap of weight 1. */
export type Term = Readonly<{
  image: number;
  taps: readonly PixelTap[];
  channels: 'shared' | 'dense';
  weights: Float32Array;
  bias: Float32Array | null;
  edge: EdgeMode;
}>;

/** out(p) = expression(terms at p) */
export type ComputePass = Readonly<{
  kind: 'compute';
  label: string;
  terms: readonly Term[];
  expression: Expression;
  output: number;
}>;

/** Planes of a camera frame → R'G'B', with the chroma between its samples interpolated. */
export type ConvertPass = Readonly<{
  kind: 'convert';
  label: string;
  y: number;
  u: number;
  v: number;
  color: FrameColor;
  output: number;
}>;

/** One primitive over tensors; what follows it pointwise is written into it: epilogue(result). */
export type TensorPass = Readonly<{
  kind: 'tensor';
  label: string;
  primitive: Primitive;
  /** The images that the primitive's inputs live in, in the order of `inputsOf`. */
  images: readonly number[];
  /** Over operand 0. */
  epilogue: Expression | null;
  output: number;
}>;

export type Pass = ComputePass | ConvertPass | TensorPass;

export type Plan = Readonly<{
  /** Null where no frame comes in: tensors only. */
  frame: FrameForm | null;
  images: readonly Image[];
  passes: readonly Pass[];
  /** The image to show. */
  output: number;
}>;

/** What a device can do, as far as planning cares. */
export type DeviceCapabilities = Readonly<{
  /** The format for values that are signed, large or met again; null where only 8 bits can be rendered. */
  floatFormat: 'rgba16f' | 'rgba32f' | null;
  /** Longest side of a texture, in texels. */
  maxTextureSize: number;
  /** Uniforms of a fragment shader, in vectors of 4. */
  maxUniformVectors: number;
  /** Textures that one pass may read. */
  maxTextureUnits: number;
}>;
