/** Programs of images: what the fast layouts hold. */
import { at } from '../core/assert.ts';
import { inputsOf, type Linear, type Primitive, type Resample } from '../primitives/primitive.ts';

/**
 * Values in topological order and those that are wanted: one image, or the planes of one; and what is measured besides,
 * which is not shown.
 */
export type ImageProgram = Readonly<{
  values: readonly Primitive[];
  outputs: readonly number[];
  /** Absent where nothing is. */
  measured?: readonly number[];
}>;

/** A program that grows: every stage writes a new one. */
export class ProgramWriter {
  readonly values: Primitive[] = [];

  add(value: Primitive): number {
    return this.values.push(value) - 1;
  }
}

/** The same value over other inputs, in the order of `inputsOf`. */
export function withInputs(value: Primitive, inputs: readonly number[]): Primitive {
  switch (value.kind) {
    case 'input':
    case 'constant':
      return value;
    case 'stencil':
    case 'move':
    case 'recurrence':
      return { ...value, inputs };
    case 'deform':
      return { ...value, input: at(inputs, 0), offsets: at(inputs, 1), mask: inputs[2] ?? null };
    default:
      return { ...value, input: at(inputs, 0) };
  }
}

/**
 * Rewrites a program value by value, in order. `rewrite` is given the value over the new inputs and answers where
 * it is in the new program.
 */
export function rewrite(
  { values, outputs, measured = [] }: ImageProgram,
  rewriteOne: (value: Primitive, writer: ProgramWriter, index: number) => number,
): ImageProgram {
  const writer = new ProgramWriter();
  const placed: number[] = [];
  values.forEach((value, index) => {
    const moved = withInputs(value, inputsOf(value).map((input) => at(placed, input))); // prettier-ignore
    placed.push(rewriteOne(moved, writer, index));
  });
  const moved = (index: number) => at(placed, index);
  return withoutUnused({ values: writer.values, outputs: outputs.map(moved), measured: measured.map(moved) });
}

/** Only what the outputs need. */
export function withoutUnused({ values, outputs, measured = [] }: ImageProgram): ImageProgram {
  const isNeeded = values.map(() => false);
  for (const output of [...outputs, ...measured]) isNeeded[output] = true;
  for (let index = values.length - 1; index >= 0; index--) {
    if (at(isNeeded, index)) for (const input of inputsOf(at(values, index))) isNeeded[input] = true;
  }
  const places = new Map<number, number>();
  const kept: Primitive[] = [];
  values.forEach((value, index) => {
    if (!at(isNeeded, index)) return;
    const inputs = inputsOf(value).map((input) => places.get(input) ?? 0);
    places.set(index, kept.push(withInputs(value, inputs)) - 1);
  });
  const placed = (index: number) => places.get(index) ?? 0;
  return { values: kept, outputs: outputs.map(placed), measured: measured.map(placed) };
}

/** How many values read each one; what is shown or measured counts as read once more. */
export function usesOf({ values, outputs, measured = [] }: ImageProgram): readonly number[] {
  const uses = values.map(() => 0);
  for (const value of values) for (const input of inputsOf(value)) uses[input] = at(uses, input) + 1;
  for (const output of [...outputs, ...measured]) uses[output] = at(uses, output) + 1;
  return uses;
}

/** Whether every value is an image that the fast layouts hold: one size of pixel, four channels at most. */
export function isOfImages({ values }: Pick<ImageProgram, 'values'>): boolean {
  return values.every((value) => {
    if (value.shape.length !== 3 || at(value.shape, 2) > 4) return false;
    if (value.kind !== 'linear') return IMAGE_KINDS.has(value.kind);
    if (value.edge !== 'zero' && value.edge !== 'replicate') return false;
    return isDense(value) || isShrink(value, values);
  });
}

const IMAGE_KINDS: ReadonlySet<Primitive['kind']> = new Set(['input', 'stencil', 'temporal', 'recurrence', 'spacetime']); // prettier-ignore

/** A filter along one axis that takes every fourth pixel of it. */
function isShrink(linear: Linear, values: readonly Primitive[]): boolean {
  if (linear.upsample.some((factor) => factor !== 1) || !isShared(linear, values)) return false;
  return linear.shape[2] === 1 && linear.bias === null && lineOf(linear)?.stride === 4;
}

/** Whether a filter's outputs and inputs are all pixels, none left out and none put between. */
export function isDense({ strides, upsample }: Linear): boolean {
  return [...strides, ...upsample].every((factor) => factor === 1);
}

/** One weight per tap for each channel alike: said so, or because there is one channel only. */
export function isShared(linear: Linear, values: readonly Primitive[]): boolean {
  if (linear.channels === 'shared') return true;
  return at(linear.shape, 2) === 1 && at(at(values, linear.input).shape, 2) === 1;
}

/** A filter along one axis: consecutive taps, those between that weigh nothing included. */
export type Line = Readonly<{ axis: 'x' | 'y'; first: number; weights: Float32Array; stride: number }>;

/** Null where the taps lie in both axes, or the stride is on another axis than they are. */
export function lineOf(linear: Linear): Line | null {
  const [sy, sx] = [at(linear.strides, 0), at(linear.strides, 1)];
  for (const [axis, along, across, stride, other] of [['x', 1, 0, sx, sy], ['y', 0, 1, sy, sx]] as const) {
    const isStraight = linear.taps.every((tap) => at(tap, across) === 0);
    if (!isStraight || other !== 1) continue;
    const places = linear.taps.map((tap) => at(tap, along));
    const first = Math.min(...places);
    const weights = new Float32Array(Math.max(...places) - first + 1);
    linear.weights.forEach((weight, i) => {
      const place = at(places, i) - first;
      weights[place] = at(weights, place) + weight;
    });
    return { axis, first, weights, stride };
  } // prettier-ignore
  return null;
}

/** B-spline upsampling along one axis. */
export type CubicLine = Readonly<{ axis: 'x' | 'y'; scale: number; offset: number }>;

export function cubicOf({ scale, offset }: Resample): CubicLine {
  const along = at(scale, 0) === 1 ? 1 : 0;
  return { axis: along === 1 ? 'x' : 'y', scale: at(scale, along), offset: at(offset, along) };
}
