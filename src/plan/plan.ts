/**
 * The plan: what a backend executes, as data. Passes run in order; each computes one image from earlier ones.
 *
 * Texel layouts:
 *   rgba     one pixel a texel, up to 4 channels      | R G B A | R G B A | …    W × H texels
 *   packed4  one channel, 4 neighbouring pixels       | Y0 Y1 Y2 Y3 | Y4 Y5 … |  ⌈W/4⌉ × H texels
 *   packed16 one channel, 16 neighbouring pixels of 8 bits, 4 in each 32-bit lane, the lowest byte first: a plane of
 *            bytes as it lies in memory. Lane i, byte k is pixel 16x + 4i + k.     ⌈W/16⌉ × H texels
 *   single   one channel, one pixel a texel           | U0 | U1 | …              W × H texels, read bilinearly
 *   atlas    a tensor of rank 0 to 5 as tiles of W × H texels, 4 channels a texel: tile (a, b, ⌊c / 4⌋), row by row
 *   blocks   a tensor [height, width, channels] as layers of an array texture. Pixels lie in blocks of w × h: layer
 *            (⌊c / 4⌋ · h + y mod h) · w + x mod w holds one pixel of each block at texel (⌊x / w⌋, ⌊y / h⌋). The last
 *            column and the last row are zeros: what lies outside the tensor.   (⌈W/w⌉ + 1) × (⌈H/h⌉ + 1) texels
 *
 * A frame of layout planar420 is three images of one channel: Y at full size, U and V at half.
 */
import { sameColor, type FrameColor, type RangeExpansion } from '../core/frame-color.ts';
import type { Size } from '../core/frame-size.ts';
import type { Interval, Expression } from '../primitives/expression.ts';
import type { TemporalWindow } from '../kernels/temporal-window.ts';
import type { EdgeMode, Memory, Primitive } from '../primitives/primitive.ts';
import type { Shape } from '../core/tensor.ts';

export type TexelLayout = 'rgba' | 'packed4' | 'packed16' | 'single' | 'atlas' | 'blocks';
/** `rgba32ui` holds packed16 images and nothing else. */
export type TexelFormat = 'r8' | 'rgba8' | 'rgba16f' | 'rgba32f' | 'rgba32ui';

export type FrameSize = Size;

/** How a frame arrives: as one RGBA texture, or as its own planes (Y full size, U and V half size). */
export type FrameLayout = 'rgba' | 'planar420';

/** All that decides how a graph is planned for the frames of a stream. */
export type FrameForm = FrameSize & Readonly<{ layout: FrameLayout; color: FrameColor }>;

export function sameForm(a: FrameForm, b: FrameForm): boolean {
  return a.width === b.width && a.height === b.height && a.layout === b.layout && sameColor(a.color, b.color);
}

/** What a frame is made of, as it arrives. */
export type FramePlane = 'rgba' | 'y' | 'u' | 'v';

/** An image that lives in a texture: an input plane of the frame, or the output of a pass. */
export type ImageSource =
  | Readonly<{ kind: 'frame'; plane: FramePlane }>
  | Readonly<{ kind: 'pass'; index: number }>
  /** What image `of` held when the frame before was computed. */
  | Readonly<{ kind: 'previous'; of: number }>
  /** A tensor that is given with each run, or once with the graph. */
  | Readonly<{ kind: 'tensor'; name: string }>
  | Readonly<{ kind: 'constant'; data: Float32Array }>;

/** Where the elements of a tensor are in its texture. */
export type Atlas = Readonly<{
  /** The tensor's shape, aligned at its last axis and filled with ones: `[a, b, height, width, channels]`. */
  dims: readonly [a: number, b: number, height: number, width: number, channels: number];
  /** Tiles in a row of the texture. */
  columns: number;
  /** Pixels of a block; null where the tensor lies as tiles. */
  block: Readonly<{ width: number; height: number }> | null;
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
  /** Of images that are remembered: which of the plan's memories they belong to. Absent for all others. */
  memory?: number;
  /** Of a ring: frames that it holds, each a layer of an array texture; passes write the newest. Absent for others. */
  layers?: number;
}>;

/** A position relative to the output's, in pixels: down and right are positive. */
export type PixelTap = Readonly<{ dy: number; dx: number }>;

/** weights(dy, dx) = column[dy − top] · row[dx − left]: first down, then across, in the registers of one pass. */
export type KernelProduct = Readonly<{ top: number; left: number; column: Float32Array; row: Float32Array }>;

/** One operand of a pass: Σ over taps of weights · image, plus a bias. A plain read is one tap of weight 1. */
export type TapsTerm = Readonly<{
  kind: 'taps';
  image: number;
  taps: readonly PixelTap[];
  channels: 'shared' | 'dense';
  weights: Float32Array;
  bias: Float32Array | null;
  edge: EdgeMode;
  /** What the taps are, where they are a column times a row: half the work on layouts that can make use of it. */
  product?: KernelProduct | null;
}>;

/**
 * A filter along one axis, each channel alike: Σ_i weights[i] · image(p · stride + first + i) on `axis`, p elsewhere.
 * The number of taps, the weights, `first` and (where the layouts allow it) the stride are uniforms: the program does
 * not depend on them, so dragging a slider that changes a radius compiles nothing.
 */
export type LineTerm = Readonly<{
  kind: 'line';
  image: number;
  axis: 'x' | 'y';
  first: number;
  /** 1 to `MOST_LINE_TAPS`. */
  weights: Float32Array;
  stride: 1 | 4;
  edge: 'zero' | 'replicate';
}>;

/** Taps are unrolled in a pass; more of them are a loop over a table. */
export const MAX_UNROLLED_TAPS = 225;

/** What the uniforms of a line term hold. */
export const MOST_LINE_TAPS = 64;

/**
 * Cubic B-spline interpolation along one axis: with s = p · scale + offset, j = ⌊s⌋ and t = s − j,
 * out(p) = Σ_{i=0..3} B_i(t) · image(j + i − 1), coordinates clamped to the image. B_0 = (1 − t)³ / 6,
 * B_1 = (3t³ − 6t² + 4) / 6, B_2 = (−3t³ + 3t² + 3t + 1) / 6, B_3 = t³ / 6. Scale and offset are uniforms.
 */
export type CubicTerm = Readonly<{
  kind: 'cubic';
  image: number;
  axis: 'x' | 'y';
  /** 0 < scale ≤ 1/4. */
  scale: number;
  offset: number;
}>;

/**
 * Σ_age weights(age) · ring(p) of `age` frames ago. Weights are uniforms that follow the ages of the frames that are
 * there; how many there are, and which layer is the newest, are uniforms too.
 */
export type TimeTerm = Readonly<{
  kind: 'time';
  /** A ring. */
  image: number;
  weights: FrameWeights;
}>;

/**
 * Of frames, the newest first; or by a window; or by a window times `gain`, and `newest` of the newest frame besides; or
 * one frame of that age, as it is.
 */
export type FrameWeights =
  | Float32Array
  | TemporalWindow
  | Readonly<{ window: TemporalWindow; gain: number; newest: number }>
  | Readonly<{ age: number }>;

export type Term = TapsTerm | LineTerm | CubicTerm | TimeTerm;

/** out(p) = expression(terms at p) */
export type ComputePass = Readonly<{
  kind: 'compute';
  label: string;
  terms: readonly Term[];
  expression: Expression;
  output: number;
  /** Further outputs of the same form, each of the same terms: computed in the same draw. Absent where there are none. */
  also?: readonly Readonly<{ expression: Expression; output: number }>[];
  /** Which memory's clock tells `elapsed` and when to begin. Absent where none is asked. */
  memory?: number;
  /** What is computed in its place at the first frame of a sequence. Absent where that is as any other. */
  begin?: Readonly<{ terms: readonly Term[]; expression: Expression; also?: readonly Expression[] }>;
  /** Whether the weights may be written into the program once there is time. */
  bake: boolean;
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
  /** Null where a fragment computes one texel of the output. */
  blocks: BlockDraws | null;
  output: number;
  /** Which memory's clock it asks. Absent where it asks none. */
  memory?: number;
}>;

/**
 * A filter whose fragments compute several pixels and texels at once, so that they share weights and inputs. Where
 * the input is upsampled, outputs of one phase (p mod `phases`) meet the same taps: each phase is drawn by itself,
 * with those taps alone. Outputs are blocks of `phases` · `pixels`.
 */
export type BlockDraws = Readonly<{
  /** Pixels of one phase that a fragment computes: `[rows, columns]`. */
  pixels: readonly [rows: number, columns: number];
  phases: readonly [rows: number, columns: number];
  /** Texels of 4 channels that a fragment computes of each pixel. */
  texels: number;
  /** Whether the weights may be written into the programs once there is time. */
  bake: boolean;
}>;

/** Whether an image outlives the frame. */
export function isRemembered({ memory, source }: Pick<Image, 'memory' | 'source'>): boolean {
  return memory !== undefined || source.kind === 'previous';
}

/** Keeps an image as the newest frame of a ring of the same form. */
export type KeepPass = Readonly<{ kind: 'keep'; label: string; image: number; output: number }>;

export type Pass = ComputePass | ConvertPass | TensorPass | KeepPass;

/** Frames that are remembered under one clock, in rings and in images that are read again with the next frame. */
export type PlanMemory = Memory;

export type Plan = Readonly<{
  /** Null where no frame comes in: tensors only. */
  frame: FrameForm | null;
  images: readonly Image[];
  passes: readonly Pass[];
  /** For each image the texture that it lives in; images that are never needed at the same time share. */
  storage: readonly number[];
  /** Empty where frames are computed each by itself. */
  memories: readonly PlanMemory[];
  /** Why filters over time are computed as they are: what each way would have cost. */
  notes: readonly string[];
  /** Images that are read back with each frame, by the names of the measurements. */
  measurements: Readonly<Record<string, number>>;
  /** The image to show; its luma where chroma is apart. */
  output: number;
  /** The chroma of an output in planes, as codes of the frame's colour; null for an output of one image. */
  chroma: Readonly<{ u: number; v: number }> | null;
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
  /** Textures of `floatFormat` that one pass may write. */
  maxDrawBuffers: number;
  /** Layers of an array texture. */
  maxArrayLayers: number;
}>;

/** What nearly every WebGL2 device has: to plan without one. */
export const TYPICAL_DEVICE: DeviceCapabilities = {
  floatFormat: 'rgba32f',
  maxTextureSize: 8192,
  maxUniformVectors: 1024,
  maxTextureUnits: 16,
  maxDrawBuffers: 8,
  maxArrayLayers: 2048,
};
