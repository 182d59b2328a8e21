/**
 * Colour filters on the planes of a 4:2:0 frame: a linear filter that treats R, G and B alike commutes with the colour
 * matrix, so it filters Y, U and V instead: half the samples, no conversion, and the result is a 4:2:0 frame again.
 *
 * Planes hold codes: value = a · code + b. Σ w · value + c is, in codes, Σ w · code + (b (Σw − 1) + c) / a.
 *
 * Chroma is computed where it lies, between its luma pixels, of chroma interpolated linearly (centre siting): a tap
 * that is an even number of luma pixels away is a chroma sample; an odd one is the mean of two.
 */
import { assert, at } from '../core/assert.ts';
import { chromaExpansion, lumaExpansion, lumaWeights, type RangeExpansion } from '../core/frame-color.ts';
import { affineOf, withoutUnitClamp } from '../primitives/affine.ts';
import type { Shape } from '../core/tensor.ts';
import { binary, constant, evaluate, operand, type Expression } from '../primitives/expression.ts';
import {
  inputsOf,
  type Linear,
  type Memory,
  type Primitive,
  type PrimitiveProgram,
  type Recurrence,
  type SpaceTime,
  type Stencil,
  type Tap,
  type Temporal,
} from '../primitives/primitive.ts';
import { isDense, rewrite, withInputs, type ImageProgram } from './image-program.ts';
import type { FrameForm } from './plan.ts';

/** Names of the inputs that are planes of codes, and of luma as a value in 0..1. */
export const PLANE_INPUTS = { y: 'frame.y', u: 'frame.u', v: 'frame.v', luma: 'frame.luma' } as const;

/** Y, U and V of the program's output, or null where the graph is no such filter. */
export function planesOf(program: PrimitiveProgram, frame: FrameForm): ImageProgram | null {
  if (frame.layout !== 'planar420' || !isColorLinear(program, frame)) return null;
  const chroma = chromaExpansion(frame.color);
  const planes = [
    planeProgram(program, PLANE_INPUTS.y, { frame, expansion: lumaExpansion(frame.color), isChroma: false }),
    planeProgram(program, PLANE_INPUTS.u, { frame, expansion: chroma, isChroma: true }),
    planeProgram(program, PLANE_INPUTS.v, { frame, expansion: chroma, isChroma: true }),
  ];
  return joined(planes);
}

/** One program with the outputs of all. */
function joined(programs: readonly PrimitiveProgram[]): ImageProgram {
  const values: Primitive[] = [];
  const outputs = programs.map((program) => {
    const start = values.length;
    for (const value of program.values)
      values.push(withInputs(value, inputsOf(value).map((input) => input + start))); // prettier-ignore
    return start + program.output;
  });
  return { values, outputs };
}

/** The output's expression: what limits it to 0..1 is the planes' own limit. */
function expressionAt({ values, output }: PrimitiveProgram, index: number): Expression {
  const { expression } = at(values, index) as Stencil;
  return index === output ? (withoutUnitClamp(expression) ?? expression) : expression;
}

function isColorLinear(program: PrimitiveProgram, frame: FrameForm): boolean {
  const isSized = ({ shape }: Primitive) =>
    shape.length === 3 && shape[0] === frame.height && shape[1] === frame.width && shape[2] === 3;
  return program.values.every((value, index) => {
    if (!isSized(value)) return false;
    if (value.kind === 'input') return true;
    if (value.kind === 'temporal') return isPlaneTemporal(value);
    if (value.kind === 'stencil') return affineOf(expressionAt(program, index)) !== null;
    if (value.kind === 'recurrence') return isMean(value);
    if (value.kind === 'spacetime') return value.edge === 'replicate' && value.memory.warmUp !== 'ramp';
    return (
      value.kind === 'linear' &&
      value.channels === 'shared' &&
      value.bias === null &&
      value.edge === 'replicate' &&
      isDense(value)
    );
  });
}

/**
 * Whether what is remembered is a mean of what came: then codes stand for values. Means are linear and leave a picture
 * that stands still as it is, whatever time has passed.
 */
function isMean({ inputs, expression, first }: Recurrence): boolean {
  if (inputs.length !== 1) return false;
  return [0, 7, 33, 1000].every((elapsed) =>
    [expression, first].every((one) => {
      const value = (before: number, now: number) => evaluate(one, [before, now], elapsed);
      const isLinear = Math.abs(value(0.3, 0.8) - 0.3 * value(1, 0) - 0.8 * value(0, 1)) < 1e-9;
      return isLinear && Math.abs(value(1, 1) - 1) < 1e-9;
    }),
  );
}

type Plane = Readonly<{ frame: FrameForm; expansion: RangeExpansion; isChroma: boolean }>;

function planeProgram(program: PrimitiveProgram, name: string, plane: Plane): PrimitiveProgram {
  const { frame, isChroma } = plane;
  const half = (size: number) => (isChroma ? Math.ceil(size / 2) : size);
  const shape = [half(frame.height), half(frame.width), 1];
  const values = program.values.map((value, index): Primitive => {
    switch (value.kind) {
      case 'input':
        return { kind: 'input', name, shape };
      case 'linear':
        return planeLinear(value, shape, plane);
      case 'recurrence':
        return { ...value, shape, memory: planeMemory(value, name) };
      case 'spacetime':
        return planeSpaceTime(value, shape, name, plane);
      case 'temporal':
        return planeTemporal(value, shape, name, plane);
      default:
        assert(value.kind === 'stencil', 'a colour filter has linear and stencil values only');
        return { ...value, shape, expression: planeExpression(expressionAt(program, index), plane) };
    }
  });
  return { values, output: program.output };
}

function planeLinear(value: Linear, shape: readonly number[], { expansion, isChroma }: Plane): Linear {
  const { taps, weights } = isChroma ? chromaTaps(value) : value;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const shift = (expansion.offset * (sum - 1)) / expansion.scale;
  // Rounding makes the weights of a mean sum to nearly 1; that shifts nothing.
  const bias = Math.abs(shift) < 1e-5 ? null : Float32Array.of(shift);
  return { ...value, shape, taps, weights, bias };
}

/** Each plane is remembered by itself. */
const planeMemory = ({ memory }: Readonly<{ memory: Memory }>, plane: string): Memory => ({
  ...memory,
  name: `${memory.name} ${plane}`,
});

/** While a sequence fades in, its weights do not sum to what they will; codes would have to move with each frame. */
function isPlaneTemporal({ weights, memory }: Temporal): boolean {
  if (weights instanceof Float32Array) return memory.warmUp !== 'ramp';
  return weights.shape !== 'derivative';
}

function planeTemporal(value: Temporal, shape: Shape, name: string, plane: Plane): Primitive {
  const { weights, memory } = value;
  if (!(weights instanceof Float32Array)) return { ...value, shape, memory: planeMemory(value, name) };
  const inPlace = { input: value.input, shape, taps: [[0, 0]], weights, bias: 0, memory };
  return planeSpaceTime({ ...inPlace, kind: 'spacetime', edge: 'replicate' }, shape, name, plane);
}

function planeSpaceTime(value: SpaceTime, shape: Shape, name: string, plane: Plane): Primitive {
  const { frames } = value.memory;
  const { expansion, isChroma } = plane;
  const perFrame = Array.from({ length: frames }, (_, age) => {
    const weights = value.weights.subarray(age * value.taps.length, (age + 1) * value.taps.length);
    return isChroma ? chromaTaps({ taps: value.taps, weights }) : { taps: value.taps, weights };
  });
  const sum = value.weights.reduce((total, weight) => total + weight, 0);
  const shift = (expansion.offset * (sum - 1) + (isChroma ? 0 : value.bias)) / expansion.scale;
  return {
    ...value,
    shape,
    taps: at(perFrame, 0).taps,
    weights: Float32Array.from(perFrame.flatMap(({ weights }) => [...weights])),
    bias: Math.abs(shift) < 1e-5 ? 0 : shift,
    memory: planeMemory(value, name),
  };
}

function planeExpression(
  expression: Expression,
  { expansion: { scale, offset }, isChroma }: Plane,
): Expression {
  const affine = affineOf(expression);
  assert(affine !== null, 'a colour filter is affine');
  const sum = [...affine.factors.values()].reduce((total, factor) => total + factor, 0);
  // A constant that R, G and B share is luma: chroma does not see it.
  const added = isChroma ? 0 : affine.constant;
  const start = constant((offset * (sum - 1) + added) / scale);
  return [...affine.factors].reduce<Expression>(
    (total, [index, factor]) => binary('add', total, binary('mul', operand(index), constant(factor))),
    start,
  );
}

/** Of a line of luma pixels: each tap's chroma samples and their shares. */
function chromaShares(offset: number): readonly (readonly [sample: number, share: number])[] {
  const half = offset / 2;
  if (Number.isInteger(half)) return [[half, 1]];
  return [[Math.floor(half), 0.5], [Math.floor(half) + 1, 0.5]]; // prettier-ignore
}

/** The filter at the chroma samples, in chroma samples. */
export function chromaTaps({ taps, weights }: Pick<Linear, 'taps' | 'weights'>): {
  taps: readonly Tap[];
  weights: Float32Array;
} {
  const sums = new Map<string, { tap: Tap; weight: number }>();
  taps.forEach((tap, i) => {
    for (const [y, shareY] of chromaShares(at(tap, 0))) {
      for (const [x, shareX] of chromaShares(at(tap, 1))) {
        const key = `${y} ${x}`;
        const known = sums.get(key) ?? { tap: [y, x], weight: 0 };
        sums.set(key, { ...known, weight: known.weight + shareY * shareX * at(weights, i) });
      }
    }
  });
  const sorted = [...sums.values()].sort(
    (a, b) => at(a.tap, 0) - at(b.tap, 0) || at(a.tap, 1) - at(b.tap, 1),
  );
  return { taps: sorted.map(({ tap }) => tap), weights: Float32Array.from(sorted, ({ weight }) => weight) };
}

/**
 * Luma of a 4:2:0 frame is its Y plane as the camera sent it: a read in place of arithmetic, and a graph that looks at
 * nothing else never touches chroma.
 */
export function withLumaPlane(program: ImageProgram, frame: FrameForm): ImageProgram {
  if (frame.layout !== 'planar420') return program;
  const luma = lumaWeights(frame.color);
  const isLuma = (value: Primitive, values: readonly Primitive[]) =>
    value.kind === 'linear' &&
    value.taps.length === 1 &&
    value.bias === null &&
    at(values, value.input).kind === 'input' &&
    value.channels === 'dense' &&
    value.weights.length === 3 &&
    luma.every((weight, i) => Math.abs(weight - at(value.weights, i)) < 1e-6);
  return rewrite(program, (value, writer, index) => {
    if (!isLuma(value, writer.values)) return writer.add(value);
    const { shape } = value;
    const plane = writer.add({ kind: 'input', name: PLANE_INPUTS.luma, shape });
    // Shown as it is, it is a pass all the same: the plane holds codes.
    if (!program.outputs.includes(index)) return plane;
    return writer.add({ kind: 'stencil', inputs: [plane], shape, expression: operand(0) });
  });
}
