/** What the emitters share: the terms of a pass on their way to GLSL. */
import type { MemoryMoment, MemoryRules } from '../../core/memory-clock.ts';
import type { CubicTerm, Image, KernelProduct, LineTerm, TapsTerm, Term, TimeTerm } from '../../plan/plan.ts';

/** A number or numbers that a program is given before it draws. */
export type UniformValue = Readonly<{
  name: string;
  /** Of one element; `values` holds one or more of them, whole. */
  type: 'int' | 'vec2' | 'vec4' | 'ivec2' | 'ivec4' | 'mat4';
  values: Float32Array | Int32Array;
  /** Writes the numbers of this frame into `values`, before the draw. Absent where they stay. */
  update?: (moment: MomentOf) => void;
}>;

/** What each of a plan's memories knows of the frame that is computed, by its index. */
export type MomentOf = (memory: number) => FrameMoment;

/** As `MemoryMoment`, and where the frames are. */
export type FrameMoment = MemoryMoment &
  Readonly<{
    rules: MemoryRules;
    /** Counts frames: a ring of n layers has the newest at `count mod n`. */ count: number;
  }>;

/** An image as a shader of this pass sees it. */
export type ReadImage = Readonly<{ slot: number; image: Image; output: Image }>;

/**
 * A term with the name of its accumulator. Of a packed16 output it has four, `name_0` to `name_3`: lane i of
 * `name_k` is pixel 16x + 4i + k. All are declared, and start at 0 or at the bias.
 */
type Named<Kind extends Term> = Readonly<{ name: string; term: Kind; read: ReadImage }>;

/**
 * Its weights as GLSL: one for each of `term.weights`, or, where it is computed as a product, the column's and then
 * the row's.
 */
export type EmittedTaps = Named<TapsTerm> &
  Readonly<{
    weight: (index: number) => string;
    product: KernelProduct | null;
    /** What the sum is multiplied with in the end: weights that are all alike are 1 or −1 until then. Else 1. */
    gain: number;
    /** The sum of its weights as GLSL; null where nobody asks for it. */
    total: string | null;
  }>;
/** `index` is the term's number in its pass, for the names of its uniforms. */
export type EmittedLine = Named<LineTerm> & Readonly<{ index: number }>;
export type EmittedCubic = Named<CubicTerm> & Readonly<{ index: number }>;
export type EmittedTime = Named<TimeTerm> & Readonly<{ index: number }>;

/** What adds a term's value to its accumulators. */
export type Emitted = Readonly<{
  /** Uniforms and functions, before `main`. */
  declarations: readonly string[];
  /** Statements in `main`. */
  lines: readonly string[];
  uniforms: readonly UniformValue[];
}>;

/** One tap of weight 1 in place: no multiplication, no uniform. */
export function isPlainRead(term: TapsTerm): boolean {
  return term.channels === 'shared' && term.taps.length === 1 && term.weights[0] === 1;
}

/** Codes → values, see `Image.expansion`. */
export function expand(value: string, { expansion }: Pick<Image, 'expansion'>): string {
  if (expansion === null) return value;
  return `clamp(${value} * ${glslFloat(expansion.scale)} + ${glslFloat(expansion.offset)}, 0.0, 1.0)`;
}

/** The suffixes of an output's accumulators. */
export function lanesOf({ layout }: Pick<Image, 'layout'>): readonly string[] {
  return layout === 'packed16' ? ['_0', '_1', '_2', '_3'] : [''];
}

export function glslFloat(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
