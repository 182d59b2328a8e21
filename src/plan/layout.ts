/**
 * Which texels each stored image gets. Colour lies one pixel a texel; one channel lies 4 to a texel, or 16 where 8 bits
 * hold it well enough and every pass that writes or reads it can work on 16 at once.
 */
import { at } from '../core/assert.ts';
import { withoutUnitClamp } from '../primitives/affine.ts';
import { ANY, UNIT, binary, constant, intervalOf, operand, substitute, type Expression, type Interval } from '../primitives/expression.ts'; // prettier-ignore
import type { Primitive, SpaceTime } from '../primitives/primitive.ts';
import { roundedToBytes } from '../primitives/rounding.ts';
import type { DraftPass, DraftTerm } from './draft.ts';
import type { FusedPass } from './fuse.ts';
import type { ImageProgram } from './image-program.ts';
import { mergeFrames } from './merge-frames.ts';
import { PLANE_INPUTS } from './planes.ts';
import type { Term, TexelLayout } from './plan.ts';
import { plainRead, termGain, termInterval } from './terms.ts';

/** What 8 bits round away: the weights of a mean sum to 1 but for their own rounding. */
export const HALF_LEVEL = 0.5 / 255;

/** Whether 8 bits that stand for 0..1 hold all of `interval`. */
export function isUnit({ low, high }: Interval): boolean {
  return low >= -HALF_LEVEL && high <= 1 + HALF_LEVEL;
}

function sumOf(lists: readonly Float32Array[]): Float32Array {
  return at(lists, 0).map((_, i) => lists.reduce((sum, list) => sum + at(list, i), 0));
}

/** Passes with their terms and what their values can be. */
export function draftPasses(
  { values }: ImageProgram,
  passes: readonly FusedPass[],
  termOf: (operand: FusedPass['operands'][number]) => DraftTerm,
): readonly DraftPass[] {
  const intervals = new Map<number, Interval>();
  return passes.map((pass) => {
    const draft = mergeFrames(draftPass(pass, values, intervals, termOf));
    intervals.set(pass.value, draft.interval);
    return draft;
  });
}

function draftPass(
  { value, expression, begin, operands }: FusedPass,
  values: readonly Primitive[],
  intervals: ReadonlyMap<number, Interval>,
  termOf: (operand: FusedPass['operands'][number]) => DraftTerm,
): DraftPass {
  const primitive = at(values, value);
  const intervalOfImage = (image: number) => intervals.get(image) ?? UNIT;
  const boundsOf = (term: DraftTerm) =>
    termInterval(term, intervalOfImage(term.image), at(at(values, term.image).shape, 2));
  const carried = operands.findIndex(
    (one) => one.kind === 'filter' && at(values, one.value).kind === 'spacetime',
  );
  if (carried >= 0) {
    const spacetime = at(values, at(operands, carried).value) as SpaceTime;
    const rest = operands.filter((_, i) => i !== carried).map(termOf);
    const bounds = rest.map(boundsOf);
    return draftSums({ value, expression, carried, rest, bounds }, spacetime, intervalOfImage(spacetime.input)); // prettier-ignore
  }
  const terms = operands.map(termOf);
  if (primitive.kind === 'recurrence') {
    const { memory } = primitive;
    const beginning = begin === undefined ? {} : { begin: { ...begin, terms: begin.operands.map(termOf) } };
    return { value, expression, ...beginning, memory, terms, interval: ANY };
  }
  return { value, expression, terms, interval: intervalOf(expression, terms.map(boundsOf)) };
}

/** A pass with a filter over space and time among its operands, which stands at `carried`. */
type Carrying = Readonly<{
  value: number;
  expression: Expression;
  carried: number;
  /** Of all other operands, in order. */
  rest: readonly DraftTerm[];
  bounds: readonly Interval[];
}>;

/**
 * A filter over space and time as sums that are carried on. S_k is the sum that lacks k frames still:
 * out = taps_0 * frame + S_1 of the frame before; S_k = taps_k * frame + S_(k+1) of the frame before.
 */
function draftSums(pass: Carrying, spacetime: SpaceTime, interval: Interval): DraftPass {
  const { value, expression, carried, rest, bounds } = pass;
  const { input, taps, weights, bias, edge, memory } = spacetime;
  const { frames } = memory;
  const offsets = taps.map((tap) => ({ dy: at(tap, 0), dx: at(tap, 1) }));
  const filterOf = (own: Float32Array): DraftTerm => ({ kind: 'taps', image: input, taps: offsets, channels: 'shared', weights: own, bias: null, edge }); // prettier-ignore
  const ofAge = (age: number) => weights.subarray(age * taps.length, (age + 1) * taps.length);
  const ages = Array.from({ length: frames }, (_, age) => age);
  const before = ages.slice(1).map((k): DraftTerm => ({ ...plainRead(value), before: k }));
  // All frames before the first one were as it is, or there were none.
  const isRamp = memory.warmUp === 'ramp';
  const beginnings = ages.map((age) => filterOf(isRamp ? ofAge(age) : sumOf(ages.slice(age).map(ofAge))));
  // The other operands come first, then the filters by age, then the sums of the frame before.
  const filter = (k: number) => operand(rest.length + k);
  const going = ages.map((k) => (k < frames - 1 ? binary('add', filter(k), operand(rest.length + frames + k)) : filter(k))); // prettier-ignore
  const shown = (sum: Expression): Expression => {
    const whole = bias === 0 ? sum : binary('add', sum, constant(bias));
    return substitute(expression, (i) => (i === carried ? whole : operand(i < carried ? i : i - 1)));
  };
  const { low, high } = termInterval(filterOf(weights), interval, 1);
  // While it fades in, not all of it is there.
  const all: Interval = { low: Math.min(0, low) + bias, high: Math.max(0, high) + bias };
  return {
    value,
    expression: shown(at(going, 0)),
    also: going.slice(1),
    begin: { terms: [...rest, ...beginnings], expression: shown(filter(0)), also: ages.slice(1).map(filter) },
    memory,
    terms: [...rest, ...ages.map((age) => filterOf(ofAge(age))), ...before],
    interval: intervalOf(expression, bounds.toSpliced(carried, 0, all)),
  };
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
    case 'time':
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
  { values, measured = [] }: ImageProgram,
  passes: readonly DraftPass[],
  outputs: readonly number[],
): Set<number> {
  const drafts = new Map(passes.map((draft) => [draft.value, draft]));
  const readers = (value: number) => passes.filter(({ terms }) => terms.some(({ image }) => image === value));
  // What is remembered by its pass is added to again, and what is measured is read as it is.
  const isGrey = (value: number) => at(at(values, value).shape, 2) === 1 && drafts.get(value)?.memory === undefined && !measured.includes(value); // prettier-ignore
  const found = new Set<number>();
  // Rounded by the graph itself.
  for (const { value, expression } of passes)
    if (isGrey(value) && roundedToBytes(expression) !== null) found.add(value);
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
