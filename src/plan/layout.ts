/**
 * Which texels each stored image gets. Colour lies one pixel a texel; one channel lies 4 to a texel, or 16 where 8 bits
 * hold it well enough and every pass that writes or reads it can work on 16 at once.
 */
import { at } from '../core/assert.ts';
import { withoutUnitClamp } from '../primitives/affine.ts';
import { intervalOf, type Expression, type Interval } from '../primitives/expression.ts';
import type { Primitive } from '../primitives/primitive.ts';
import type { FusedPass } from './fuse.ts';
import type { ImageProgram } from './image-program.ts';
import { PLANE_INPUTS } from './planes.ts';
import type { Term, TexelLayout } from './plan.ts';
import { termGain, termInterval } from './terms.ts';

/** What 8 bits round away: the weights of a mean sum to 1 but for their own rounding. */
export const HALF_LEVEL = 0.5 / 255;

/** A pass on its way: its terms read values, not images yet. */
export type DraftPass = Readonly<{
  value: number;
  expression: Expression;
  /** `image` is the index of a value. */
  terms: readonly Term[];
  interval: Interval;
}>;

const UNIT: Interval = { low: 0, high: 1 };

/** Whether 8 bits that stand for 0..1 hold all of `interval`. */
export function isUnit({ low, high }: Interval): boolean {
  return low >= -HALF_LEVEL && high <= 1 + HALF_LEVEL;
}

/** Passes with their terms and what their values can be. */
export function draftPasses(
  { values }: ImageProgram,
  passes: readonly FusedPass[],
  termOf: (operand: FusedPass['operands'][number]) => Term,
): readonly DraftPass[] {
  const intervals = new Map<number, Interval>();
  return passes.map(({ value, expression, operands }) => {
    const terms = operands.map(termOf);
    const bounds = terms.map((term) => {
      const channels = at(at(values, term.image).shape, 2);
      return termInterval(term, intervals.get(term.image) ?? UNIT, channels);
    });
    const interval = intervalOf(expression, bounds);
    intervals.set(value, interval);
    return { value, expression, terms, interval };
  });
}

/**
 * Whether a term can be read from one layout into another by code that is made for it; the rest goes pixel by pixel,
 * or not at all.
 */
export function canRead(term: Term, from: TexelLayout, to: TexelLayout): boolean {
  switch (term.kind) {
    case 'taps':
      return from === to;
    case 'line':
      if (term.axis === 'x' && term.stride === 4) return to === 'packed4' ? from === 'packed16' || from === 'packed4' : from === to && to !== 'packed16'; // prettier-ignore
      return from === to;
    case 'cubic':
      if (term.axis === 'x') return to === 'packed16' ? from === 'packed4' : from === to;
      return from === to;
  }
}

/** A plane of bytes: uploaded in the layout that its reader wants. */
export function isPlane(value: Primitive): boolean {
  return value.kind === 'input' && (Object.values(PLANE_INPUTS) as string[]).includes(value.name);
}

/** The layout in which a plane of bytes is uploaded for a term of a pass that writes `to`. */
export function planeLayout(term: Term, to: TexelLayout): TexelLayout {
  return canRead(term, 'packed16', to) ? 'packed16' : 'packed4';
}

/**
 * The layout of each pass's output, by value.
 * @param bytes the outputs that 8 bits are enough for; none forbids packed16.
 */
export function layOut(
  program: ImageProgram,
  passes: readonly DraftPass[],
  bytes: readonly number[],
): ReadonlyMap<number, TexelLayout> {
  const { values } = program;
  const layouts = new Map(
    passes.map(({ value }) => [value, at(at(values, value).shape, 2) === 1 ? 'packed4' : 'rgba'] as const),
  ) as Map<number, TexelLayout>;
  if (bytes.length === 0) return layouts;
  const wide = roundable(program, passes, bytes);
  const layoutOf = (value: number): TexelLayout =>
    wide.has(value) ? 'packed16' : (layouts.get(value) ?? 'rgba');
  const isGood = (term: Term, to: TexelLayout) => {
    const isOfFrame = isPlane(at(values, term.image));
    if (to !== 'packed16' && (isOfFrame || !wide.has(term.image))) return true;
    return canRead(term, isOfFrame ? 'packed16' : layoutOf(term.image), to);
  };
  // What one pass can't do takes the other images of that pass with it, until nothing changes any more.
  for (let before = -1; before !== wide.size;) {
    before = wide.size;
    for (const { value, terms } of passes) {
      const to = layoutOf(value);
      for (const term of terms) {
        if (isGood(term, to)) continue;
        if (wide.has(value)) wide.delete(value);
        else wide.delete(term.image);
        break;
      }
    }
  }
  for (const value of wide) layouts.set(value, 'packed16');
  return layouts;
}

/**
 * Images of one channel that 8 bits may hold: outputs, and on the way of a plane through means alone to an output the
 * first image and the last one. Each rounding is off by half a level at most, and means make no error larger. Where
 * arithmetic follows, a number that a slider moves may enlarge the error: there images stay exact, whatever the
 * numbers are now.
 */
function roundable(
  { values }: ImageProgram,
  passes: readonly DraftPass[],
  outputs: readonly number[],
): Set<number> {
  const drafts = new Map(passes.map((draft) => [draft.value, draft]));
  const readers = (value: number) => passes.filter(({ terms }) => terms.some(({ image }) => image === value));
  const isGrey = (value: number) => at(at(values, value).shape, 2) === 1;
  const found = new Set<number>();
  for (const output of outputs) {
    if (drafts.has(output) && isGrey(output)) found.add(output);
    const chain = chainOfMeans(output, drafts, (value) => readers(value).length === 1);
    for (const { value, interval } of [chain.at(0), chain.at(-1)].filter((draft) => draft !== undefined))
      if (isGrey(value) && isUnit(interval)) found.add(value);
  }
  return found;
}

/** The passes from a plane to `output`, that one left out; none where one of them is no mean, or has other readers. */
function chainOfMeans(
  output: number,
  drafts: ReadonlyMap<number, DraftPass>,
  hasOneReader: (value: number) => boolean,
): readonly DraftPass[] {
  const chain: DraftPass[] = [];
  for (let draft = drafts.get(output); draft !== undefined;) {
    const [term] = draft.terms;
    if (term === undefined || !isMean(draft) || (draft.value !== output && !hasOneReader(draft.value)))
      return [];
    if (draft.value !== output) chain.unshift(draft);
    draft = drafts.get(term.image);
  }
  return chain;
}

/** Whether a pass is one mean and nothing besides: it makes no error larger. */
function isMean({ terms, expression }: DraftPass): boolean {
  const [term] = terms;
  const shown = withoutUnitClamp(expression) ?? expression;
  return (
    term !== undefined && terms.length === 1 && shown.kind === 'operand' && termGain(term) <= 1 + HALF_LEVEL
  );
}
