/**
 * Pools over 1, 2 or 3 spatial axes: each channel by itself, over the elements of a window that lie inside the input.
 * Max: the largest. Average: Σ x / n. Lp: (Σ |x|ᵖ)^(1/p), L2 with p = 2. A window that sees nothing gives 0.
 * Size: O = ⌊(W − K_eff + begin + end) / stride⌋ + 1, or ⌈…⌉ + 1.
 */
import { at } from '../core/assert.ts';
import { checkNumber, checkOneOf, show } from '../core/check.ts';
import { sizeOf, type Shape, type Tensor64 } from '../core/tensor.ts';
import { windowFacts } from './conv-nd.ts';
import type { Op, SymbolicShape } from './op.ts';
import { lowerAverage, lowerLp, lowerMax } from './pool-lowering.ts';
import {
  checkPerAxis,
  checkWindow,
  MAX_WINDOW_SIDE,
  outputSizes,
  placeWindow,
  splitShape,
  type PerAxis,
  type PlacedWindow,
  type Rounding,
  type Window,
  type WindowOptions,
} from './window-geometry.ts';
import { countReads, forEachRead } from './window-reads.ts';

/** Strides are 1 by default, as WebNN has it (Keras and PyTorch: the window's size), and padding is 'valid'. */
export type PoolOptions = WindowOptions &
  Readonly<{
    /** The window, for all spatial axes or for each: 1 to 63. */
    windowDimensions: PerAxis;
    /** How the output's size is rounded. With 'ceil' a window may not start in the padding at the end. Default 'floor'. */
    rounding?: Rounding;
    /** The spatial sizes of the output, instead of `rounding`: what 'floor' or 'ceil' would give. */
    outputSizes?: readonly number[];
  }>;

export type AveragePoolOptions = PoolOptions &
  Readonly<{
    /** Counts the padding as zeros of the window, as far as the padded input goes. Default false. */
    countIncludePad?: boolean;
    /** Divides by this number, > 0, instead of by a count. Default none. */
    divisor?: number;
  }>;

export type LpPoolOptions = PoolOptions &
  Readonly<{
    /** The exponent, ≥ 1. Default 2. */
    p?: number;
  }>;

type Resolved = Readonly<{ window: Window; spatial: SymbolicShape; rounding: Rounding; channels: number }>;

function resolve(input: SymbolicShape, n: number, options: PoolOptions, where: string): Resolved {
  const side = { min: 1, max: MAX_WINDOW_SIDE };
  const name = `${where}: options.windowDimensions`;
  const extent = checkPerAxis(name, options.windowDimensions, n, side);
  const window = checkWindow(extent, options, { padding: 'valid' }, where);
  const rounding = checkOneOf(`${where}: options.rounding`, options.rounding ?? 'floor', ['floor', 'ceil']);
  return { window, rounding, ...splitShape(input, n, where) };
}

/** The spatial sizes of the output: those that the options say, where they are possible. */
function resolveSizes(resolved: Resolved, options: PoolOptions, where: string): (number | null)[] {
  const { window, spatial, rounding } = resolved;
  const computed = outputSizes(window, spatial, where, rounding);
  if (options.outputSizes === undefined) return computed;
  const name = `${where}: options.outputSizes`;
  if (!Array.isArray(options.outputSizes)) {
    throw new TypeError(`${name} must be an array of ${spatial.length}, got ${show(options.outputSizes)}`);
  }
  const given = checkPerAxis(name, options.outputSizes, spatial.length, { min: 1, max: 16384 });
  const floor = outputSizes(window, spatial, where, 'floor');
  const ceil = outputSizes(window, spatial, where, 'ceil');
  return given.map((size, axis) => {
    if (spatial[axis] === null || size === floor[axis] || size === ceil[axis]) return size;
    throw new RangeError(
      `${name}[${axis}] must be ${String(floor[axis])} or ${String(ceil[axis])}, got ${size}`,
    );
  });
}

function place(input: Shape, n: number, options: PoolOptions, where: string): PlacedWindow {
  const resolved = resolve(input, n, options, where);
  const output = resolveSizes(resolved, options, where) as Shape;
  return placeWindow(resolved.window, input.slice(0, -1), resolved.rounding, output);
}

/** How one kind of pool works. */
type Kind<Options> = Readonly<{
  check(options: Options, where: string): void;
  reference: Readonly<{
    initial: number;
    fold(acc: number, value: number, options: Options): number;
    /** `inside`: the window's elements inside the input; `padded`: inside the padded input. */
    finish(acc: number, counts: Readonly<{ inside: number; padded: number }>, options: Options): number;
  }>;
  lower: (
    input: number,
    placed: PlacedWindow,
    shape: Shape,
    options: Options,
    add: Parameters<Op<Options>['lower']>[3],
  ) => number;
}>;

function pooled<Options>(
  input: Tensor64,
  placed: PlacedWindow,
  options: Options,
  { initial, fold, finish }: Kind<Options>['reference'],
): Tensor64 {
  const channels = at(input.shape, input.shape.length - 1);
  const shape: Shape = [...placed.output, channels];
  const data = new Float64Array(sizeOf(shape)).fill(initial);
  forEachRead(placed, 'zero', (output, _tap, position) => {
    for (let c = 0; c < channels; c++) {
      const target = output * channels + c;
      data[target] = fold(at(data, target), at(input.data, position * channels + c), options);
    }
  });
  const [inside, padded] = [countReads(placed, 'input'), countReads(placed, 'padded')];
  const finished = data.map((acc, i) => {
    const pixel = Math.floor(i / channels);
    if (at(inside, pixel) === 0) return 0;
    return finish(acc, { inside: at(inside, pixel), padded: at(padded, pixel) }, options);
  });
  return { shape, data: finished };
}

function poolOp<Options extends PoolOptions>(name: string, n: 1 | 2 | 3, kind: Kind<Options>): Op<Options> {
  return {
    name,
    inferShape(inputs, options, where) {
      const resolved = resolve(at(inputs, 0), n, options, where);
      kind.check(options, where);
      return [...resolveSizes(resolved, options, where), resolved.channels];
    },
    reference(inputs, options) {
      const input = at(inputs, 0);
      return pooled(input, place(input.shape, n, options, name), options, kind.reference);
    },
    lower(inputs, options, shape, lowering) {
      const input = at(inputs, 0);
      const placed = place(lowering.shapeOf(input), n, options, name);
      return kind.lower(input, placed, shape, options, lowering);
    },
    layer: (inputs, options) => ({
      parameters: 0,
      macs: 0,
      window: windowFacts(resolve(at(inputs, 0), n, options, name).window),
    }),
  };
}

const nothing = (): void => undefined;

const maximum: Kind<PoolOptions> = {
  check: nothing,
  reference: {
    initial: -Infinity,
    fold: (acc, value) => Math.max(acc, value),
    finish: (acc) => acc,
  },
  lower: (input, placed, shape, _options, lowering) => lowerMax(input, placed, shape, lowering),
};

const average: Kind<AveragePoolOptions> = {
  check({ countIncludePad, divisor }, where) {
    if (countIncludePad !== undefined && typeof countIncludePad !== 'boolean') {
      throw new TypeError(
        `${where}: options.countIncludePad must be a boolean, got ${show(countIncludePad)}`,
      );
    }
    if (divisor !== undefined) {
      checkNumber(`${where}: options.divisor`, divisor, { min: 0, exclusiveMin: true });
    }
  },
  reference: {
    initial: 0,
    fold: (acc, value) => acc + value,
    finish: (acc, { inside, padded }, { countIncludePad, divisor }) =>
      acc / (divisor ?? (countIncludePad === true ? padded : inside)),
  },
  lower: (input, placed, shape, { countIncludePad, divisor }, lowering) =>
    lowerAverage(input, placed, shape, divisor ?? (countIncludePad === true ? 'padded' : 'inside'), lowering),
};

const lp: Kind<LpPoolOptions> = {
  check({ p }, where) {
    if (p !== undefined) checkNumber(`${where}: options.p`, p, { min: 1, max: 64 });
  },
  reference: {
    initial: 0,
    fold: (acc, value, { p = 2 }) => acc + Math.abs(value) ** p,
    finish: (acc, _counts, { p = 2 }) => acc ** (1 / p),
  },
  lower: (input, placed, shape, { p = 2 }, lowering) => lowerLp(input, placed, shape, p, lowering),
};

const l2: Kind<PoolOptions> = {
  check: nothing,
  reference: {
    initial: 0,
    fold: (acc, value) => acc + value * value,
    finish: (acc) => Math.sqrt(acc),
  },
  lower: (input, placed, shape, _options, lowering) => lowerLp(input, placed, shape, 2, lowering),
};

/** 1d: `[length, channels]`, 2d: `[height, width, channels]`, 3d: `[frames, height, width, channels]`. */
export const maxPool1d = poolOp('maxPool1d', 1, maximum);
export const maxPool2d = poolOp('maxPool2d', 2, maximum);
export const maxPool3d = poolOp('maxPool3d', 3, maximum);
export const averagePool1d = poolOp('averagePool1d', 1, average);
export const averagePool2d = poolOp('averagePool2d', 2, average);
export const averagePool3d = poolOp('averagePool3d', 3, average);
/** √Σ x² */
export const l2Pool1d = poolOp('l2Pool1d', 1, l2);
export const l2Pool2d = poolOp('l2Pool2d', 2, l2);
export const l2Pool3d = poolOp('l2Pool3d', 3, l2);
export const lpPool1d = poolOp('lpPool1d', 1, lp);
export const lpPool2d = poolOp('lpPool2d', 2, lp);
export const lpPool3d = poolOp('lpPool3d', 3, lp);
