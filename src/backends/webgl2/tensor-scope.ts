/** What the emitters of tensor passes share. */
import type { UniformWriter } from './emit-expression.ts';
import type { EdgeMode } from '../../primitives/primitive.ts';
import type { UniformValue } from './emitted-term.ts';

export type Dims = readonly [a: number, b: number, height: number, width: number, channels: number];

/** A tensor as a pass reads it. */
export type Source = Readonly<{
  slot: number;
  dims: Dims;
  /** How the tensor lies in its texture: in one row or one column a tile's corner needs no division. */
  tiles: 'row' | 'column' | 'grid' | 'blocks';
}>;

export type TensorScope = Readonly<{
  constants: UniformWriter;
  /** The texture that the primitive's input number `input` is read from. */
  sourceOf: (input: number) => Source;
  output: Dims;
  /** Whether the output's texels lie as those of this input do. */
  liesAs: (input: number) => boolean;
}>;

/** Texels of 4 channels that a pixel has. */
export const depthOf = (dims: Dims): number => Math.ceil(dims[4] / 4);

/** Whether a tensor is an image or less: nothing before height. */
export const isFlat = (dims: Dims): boolean => dims[0] * dims[1] === 1;

/** Numbers of a pass that a texture holds, four a texel, in rows of `width` texels. */
export type Table = Readonly<{ name: string; width: number; data: Float32Array }>;

export type EmittedBody = Readonly<{
  /** Functions and uniforms before `main`. */
  functions: string;
  /** Statements that set `result` from `p` and `c4`. */
  main: string;
  /** False where `main` needs neither `p` nor `c4`. Default true. */
  isPlaced?: boolean;
  tables: readonly Table[];
  /** Those that `functions` declares. Default none. */
  uniforms?: readonly UniformValue[];
}>;

/** Numbers per spatial axis as an ivec4 or vec4 over (a, b, y, x); axes that the tensor has not get `fill`. */
export function spatial(values: readonly number[], fill: number): readonly number[] {
  return [...Array.from({ length: 4 - values.length }, () => fill), ...values];
}

export const ivec4 = (values: readonly number[]): string => `ivec4(${values.join(', ')})`;

/** Taps as a table: one texel each in one row, offsets over (a, b, y, x). */
export function tapTable(taps: readonly (readonly number[])[]): Table {
  return {
    name: 'uTaps',
    width: taps.length,
    data: Float32Array.from(taps.flatMap((tap) => spatial(tap, 0))),
  };
}

/** Few taps are written out, so that their offsets are constants; more are a loop over a table. */
const MOST_UNROLLED = 32;

/** Statements for each tap: `body` is given GLSL for the tap's number and for its offset as an ivec4. */
export function eachTap(
  taps: readonly (readonly number[])[],
  body: (tap: string, offset: string) => readonly string[],
): Readonly<{ lines: readonly string[]; tables: readonly Table[] }> {
  if (taps.length <= MOST_UNROLLED) {
    // A loop of one round, so that `continue` leaves a tap out here as well.
    const round = (lines: readonly string[]) => ['  do {', ...lines, '  } while (false);'];
    return { lines: taps.flatMap((tap, i) => round(body(String(i), ivec4(spatial(tap, 0))))), tables: [] };
  }
  const table = tapTable(taps);
  return {
    lines: [
      `  for (int tap = 0; tap < ${taps.length}; tap++) {`,
      ...body('tap', 'ivec4(texelFetch(uTaps, ivec2(tap, 0), 0))'),
      '  }',
    ],
    tables: [table],
  };
}

/**
 * GLSL that brings `q` inside `size` by the edge mode. `%` of negative numbers is undefined in GLSL, so whole
 * periods are added first; taps reach at most 4096 periods out.
 */
export function emitEdge(edge: EdgeMode, q: string, size: string): string {
  switch (edge) {
    case 'zero':
      return '';
    case 'replicate':
      return `${q} = clamp(${q}, ivec4(0), ${size} - 1);`;
    case 'wrap':
      return `${q} = (${q} + 4096 * ${size}) % ${size};`;
    case 'symmetric':
      return `{ ivec4 d = 2 * ${size}; ivec4 m = (${q} + 4096 * d) % d; ${q} = min(m, d - 1 - m); }`;
    case 'reflect':
      return `{ ivec4 d = max(2 * ${size} - 2, ivec4(1)); ivec4 m = (${q} + 4096 * d) % d; ${q} = min(m, d - m); }`;
  }
}
