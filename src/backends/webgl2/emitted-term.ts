/** What the emitters share: a term of a pass on its way to GLSL. */
import type { Image, Term } from '../../plan/plan.ts';

/** An image as a shader of this pass sees it. */
export type ReadImage = Readonly<{ slot: number; image: Image; output: Image }>;

/** A term with its accumulator's name and its weights as GLSL. */
export type EmittedTerm = Readonly<{
  name: string;
  term: Term;
  read: ReadImage;
  weight: (index: number) => string;
}>;

/** One tap of weight 1 in place: no multiplication, no uniform. */
export function isPlainRead(term: Term): boolean {
  return term.channels === 'shared' && term.taps.length === 1 && term.weights[0] === 1;
}

/** Codes → values, see `Image.expansion`. */
export function expand(value: string, { expansion }: Image): string {
  if (expansion === null) return value;
  return `clamp(${value} * ${glslFloat(expansion.scale)} + ${glslFloat(expansion.offset)}, 0.0, 1.0)`;
}

export function glslFloat(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
