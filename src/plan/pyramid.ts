/**
 * Gaussians by smaller images: a blur so wide that no detail is left is computed where pixels are fewer. Recognised by
 * its weights, whoever wrote them.
 */
import { assert, at } from '../core/assert.ts';
import type { GaussianStep } from '../kernels/gaussian-pyramid.ts';
import { recognizeGaussian } from '../kernels/recognize.ts';
import type { Shape } from '../core/tensor.ts';
import type { Linear, Primitive } from '../primitives/primitive.ts';
import { isShared, lineOf, type ProgramWriter } from './image-program.ts';

/** What a kernel that was cut short may lack of the whole Gaussian: that much the result is off. */
const MOST_LOST = 0.25 / 255;

/** Standard deviations in pixels; 0 leaves an axis alone. */
export type GaussianBlur = Readonly<{ input: number; sigmaX: number; sigmaY: number }>;

/** The axis and σ of a filter that is a whole Gaussian along one axis. */
function gaussianLine(
  value: Primitive,
  values: readonly Primitive[],
): Readonly<{ axis: 'x' | 'y'; sigma: number }> | null {
  if (value.kind !== 'linear' || value.edge !== 'replicate' || value.bias !== null) return null;
  if (!isShared(value, values) || value.taps.length < 3) return null;
  const line = lineOf(value);
  if (line?.stride !== 1 || line.first !== -(line.weights.length - 1) / 2) return null;
  const found = recognizeGaussian(line.weights);
  return found === null || found.lost > MOST_LOST ? null : { axis: line.axis, sigma: found.sigma };
}

/** The blur that ends in `value`: along one axis, or along both where nobody else needs what is between. */
export function gaussianOf(
  value: Primitive,
  values: readonly Primitive[],
  isOnlyMine: (input: number) => boolean,
): GaussianBlur | null {
  const last = gaussianLine(value, values);
  if (last === null) return null;
  const { input } = value as Linear;
  const before = at(values, input);
  const first = isOnlyMine(input) ? gaussianLine(before, values) : null;
  const sigmaOf = (axis: 'x' | 'y') =>
    last.axis === axis ? last.sigma : first?.axis === axis ? first.sigma : 0;
  const isBoth = first !== null && first.axis !== last.axis;
  return {
    input: isBoth ? (before as Linear).input : input,
    sigmaX: sigmaOf('x'),
    sigmaY: isBoth || last.axis === 'y' ? sigmaOf('y') : 0,
  };
}

/** Writes the steps of a blur as primitives. */
export function writeSteps(steps: readonly GaussianStep[], input: number, writer: ProgramWriter): number {
  /** Sizes to return to, along each axis. */
  const sizes = { x: [] as number[], y: [] as number[] };
  return steps.reduce((from, step) => {
    const { shape } = at(writer.values, from);
    const along = step.axis === 'x' ? 1 : 0;
    const size = at(shape, along);
    if (step.kind === 'cubic') {
      const back = sizes[step.axis].pop();
      assert(back !== undefined, 'what was shrunk is enlarged');
      const both = (value: number, other: number) => (along === 1 ? [other, value] : [value, other]);
      const mode = 'cubic';
      return writer.add({ kind: 'resample', input: from, shape: resized(shape, along, back), mode, scale: both(step.scale, 1), offset: both(step.offset, 0) }); // prettier-ignore
    }
    if (step.stride > 1) sizes[step.axis].push(size);
    const length = Math.ceil(size / step.stride) + 2 * step.margin;
    return writer.add({
      kind: 'linear',
      input: from,
      shape: resized(shape, along, length),
      taps: Array.from(step.weights, (_, i) => (along === 1 ? [0, step.first + i] : [step.first + i, 0])),
      strides: along === 1 ? [1, step.stride] : [step.stride, 1],
      upsample: [1, 1],
      channels: 'shared',
      groups: 1,
      weights: Float32Array.from(step.weights),
      bias: null,
      edge: 'replicate',
    });
  }, input);
}

function resized(shape: Shape, axis: number, size: number): Shape {
  return shape.map((old, i) => (i === axis ? size : old));
}
