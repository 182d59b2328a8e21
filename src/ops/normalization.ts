/**
 * Normalisation: (x − mean) / √(variance + epsilon) · scale + shift. A layer's mean and variance come with it
 * (batch) or from the input itself, per channel over the spatial axes (instance).
 */
import { at } from '../core/assert.ts';
import { checkFinite, checkNumber, show } from '../core/check.ts';
import { sizeOf, type Shape, type Tensor64 } from '../core/tensor.ts';
import { binary, constant, operand, unary, type Expression } from '../primitives/expression.ts';
import { checkAxis, checkInputCount, checkRank, mapBroadcast } from './broadcast.ts';
import type { Lowering, Op, SymbolicShape } from './op.ts';
import { lowerReduce, MEAN, MEAN_SQUARE, reduceGroups } from './reduction.ts';

export type InstanceNormOptions = Readonly<{
  /** `[channels]`. Default 1. */
  scale?: Float32Array;
  /** `[channels]`. Default 0. */
  shift?: Float32Array;
  /** Added to the variance, ≥ 1e-20. Default 1e-5. */
  epsilon?: number;
}>;

export type BatchNormOptions = Readonly<{
  /** One per index of the axis. */
  mean: Float32Array;
  /** One per index of the axis, ≥ 0. */
  variance: Float32Array;
  /** One per index of the axis. Default 1. */
  scale?: Float32Array;
  /** One per index of the axis. Default 0. */
  shift?: Float32Array;
  /** The axis of the statistics, from 0, or from the end where negative. Default −1, the channels. */
  axis?: number;
  /** Added to the variance, ≥ 1e-20. Default 1e-5. */
  epsilon?: number;
}>;

const EPSILON = 1e-5;
/** Less, and a channel of variance 0 gets a gain that float32 can't hold. */
const MIN_EPSILON = 1e-20;

function checkPerChannel(name: string, values: unknown, size: number): void {
  if (!(values instanceof Float32Array))
    throw new TypeError(`${name} must be a Float32Array, got ${show(values)}`);
  if (values.length !== size) throw new RangeError(`${name} must hold ${size} values, got ${values.length}`);
  checkFinite(name, values);
}

function checkOptional(name: string, values: Float32Array | undefined, size: number): void {
  if (values !== undefined) checkPerChannel(name, values, size);
}

function knownSize(shape: SymbolicShape, axis: number, where: string): number {
  const size = shape[axis];
  if (typeof size === 'number') return size;
  throw new TypeError(`${where}: axis ${axis} must have a known size, and the frame's size decides it`);
}

const parameterCount = (...arrays: readonly (Float32Array | undefined)[]): number =>
  arrays.reduce((count, array) => count + (array?.length ?? 0), 0);

/** `[size, 1, …]`, so that it broadcasts along `axis` of a tensor of `rank`. */
const along = (size: number, axis: number, rank: number): Shape => [
  size,
  ...new Array<number>(rank - 1 - axis).fill(1),
];

/** The stencil expression · scale + shift, whose constants follow the given inputs as operands. */
function lowerAffine(
  stencil: Readonly<{ inputs: readonly number[]; expression: Expression; shape: Shape }>,
  constants: Readonly<{ scale?: Float32Array | undefined; shift?: Float32Array | undefined; shape: Shape }>,
  lowering: Lowering,
): number {
  const inputs = [...stencil.inputs];
  let { expression } = stencil;
  const apply = (op: 'mul' | 'add', data: Float32Array | undefined): void => {
    if (data === undefined) return;
    expression = binary(op, expression, operand(inputs.length));
    inputs.push(lowering.add({ kind: 'constant', shape: constants.shape, data }));
  };
  apply('mul', constants.scale);
  apply('add', constants.shift);
  return lowering.add({ kind: 'stencil', inputs, shape: stencil.shape, expression });
}

/** With given statistics. Any rank from 1. Ioffe and Szegedy 2015, algorithm 2; WebNN's batchNormalization. */
export const batchNorm: Op<BatchNormOptions> = {
  name: 'batchNorm',
  inferShape(inputs, options, where) {
    checkInputCount(where, inputs, 1);
    const shape = at(inputs, 0);
    checkRank(where, shape);
    if (shape.length === 0)
      throw new RangeError(`${where}: the input must have an axis, got a tensor of rank 0`);
    const axis = checkAxis(`${where}: options.axis`, options.axis ?? -1, shape.length);
    const size = knownSize(shape, axis, where);
    checkPerChannel(`${where}: options.mean`, options.mean, size);
    checkPerChannel(`${where}: options.variance`, options.variance, size);
    options.variance.forEach((one, i) => checkNumber(`${where}: options.variance[${i}]`, one, { min: 0 }));
    checkOptional(`${where}: options.scale`, options.scale, size);
    checkOptional(`${where}: options.shift`, options.shift, size);
    checkNumber(`${where}: options.epsilon`, options.epsilon ?? EPSILON, { min: MIN_EPSILON });
    return shape;
  },
  reference(inputs, { mean, variance, scale, shift, axis = -1, epsilon = EPSILON }): Tensor64 {
    const { shape, data } = at(inputs, 0);
    const normalised = checkAxis('batchNorm: options.axis', axis, shape.length);
    const inner = sizeOf(shape.slice(normalised + 1));
    const out = data.map((x, i) => {
      const k = Math.floor(i / inner) % mean.length;
      const unit = (x - at(mean, k)) / Math.sqrt(at(variance, k) + epsilon);
      return unit * (scale?.[k] ?? 1) + (shift?.[k] ?? 0);
    });
    return { shape, data: out };
  },
  lower(inputs, { mean, variance, scale, shift, axis = -1, epsilon = EPSILON }, shape, lowering) {
    const normalised = checkAxis('batchNorm: options.axis', axis, shape.length);
    const constants = along(mean.length, normalised, shape.length);
    // Not x · gain + (shift − mean · gain): where mean is much more than the deviation, that loses digits.
    const gain = variance.map((one, k) => (scale?.[k] ?? 1) / Math.sqrt(one + epsilon));
    const centre = lowering.add({ kind: 'constant', shape: constants, data: mean });
    return lowerAffine(
      { inputs: [at(inputs, 0), centre], expression: binary('sub', operand(0), operand(1)), shape },
      { scale: gain, shift, shape: constants },
      lowering,
    );
  },
  layer: (_inputs, { mean, variance, scale, shift }, shape) => ({
    parameters: parameterCount(mean, variance, scale, shift),
    macs: sizeOf(shape),
  }),
};

/** All axes but the last. */
const spatialAxes = (shape: Shape): number[] => shape.slice(0, -1).map((_, axis) => axis);

const mean = (elements: readonly number[]): number =>
  elements.reduce((sum, x) => sum + x, 0) / elements.length;

/** Each channel to mean 0 and variance 1 over the spatial axes. Rank 2 to 5. Ulyanov et al. 2016, eq. 4. */
export const instanceNorm: Op<InstanceNormOptions> = {
  name: 'instanceNorm',
  inferShape(inputs, options, where) {
    checkInputCount(where, inputs, 1);
    const shape = at(inputs, 0);
    checkRank(where, shape);
    if (shape.length < 2) {
      throw new RangeError(
        `${where}: the input must be [...spatial, channels], got a tensor of rank ${shape.length}`,
      );
    }
    const channels = knownSize(shape, shape.length - 1, where);
    checkOptional(`${where}: options.scale`, options.scale, channels);
    checkOptional(`${where}: options.shift`, options.shift, channels);
    checkNumber(`${where}: options.epsilon`, options.epsilon ?? EPSILON, { min: MIN_EPSILON });
    return shape;
  },
  reference(inputs, { scale, shift, epsilon = EPSILON }): Tensor64 {
    const input = at(inputs, 0);
    const axes = spatialAxes(input.shape);
    const variances = reduceGroups(input, axes, (elements) => {
      const centre = mean(elements);
      return mean(elements.map((x) => (x - centre) ** 2));
    });
    const operands = [input, reduceGroups(input, axes, mean), variances];
    const unit = mapBroadcast(operands, ([x = 0, m = 0, v = 0]) => (x - m) / Math.sqrt(v + epsilon), 'instanceNorm'); // prettier-ignore
    const channels = at(input.shape, axes.length);
    return {
      shape: input.shape,
      data: unit.data.map((x, i) => x * (scale?.[i % channels] ?? 1) + (shift?.[i % channels] ?? 0)),
    };
  },
  lower(inputs, { scale, shift, epsilon = EPSILON }, shape, lowering) {
    const input = at(inputs, 0);
    const axes = spatialAxes(shape);
    // The mean of squares of what is centred: E[x²] − E[x]² would cancel in float32.
    const centred = lowering.add({
      kind: 'stencil',
      inputs: [input, lowerReduce(input, axes, MEAN, lowering)],
      shape,
      expression: binary('sub', operand(0), operand(1)),
    });
    const variance = lowerReduce(centred, axes, MEAN_SQUARE, lowering);
    const deviation = unary('sqrt', binary('add', operand(1), constant(epsilon)));
    return lowerAffine(
      { inputs: [centred, variance], expression: binary('div', operand(0), deviation), shape },
      { scale, shift, shape: [at(shape, axes.length)] },
      lowering,
    );
  },
  layer: (_inputs, { scale, shift }, shape) => ({
    parameters: parameterCount(scale, shift),
    macs: scale === undefined ? 0 : sizeOf(shape),
  }),
};
