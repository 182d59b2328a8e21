/**
 * The window of a convolution or a pool: where it lies, and how many places it has.
 *
 * Output position p reads the input at p · S + k · D − begin, for k = 0 … K − 1, on each spatial axis, so that
 * K_eff = (K − 1) · D + 1 and O = ⌊(W − K_eff + begin + end) / S⌋ + 1, or ⌈…⌉ + 1 where asked for.
 */
import { at } from '../core/assert.ts';
import { checkInteger, show } from '../core/check.ts';
import { showShape, type Shape } from '../core/tensor.ts';
import type { Tap } from '../primitives/primitive.ts';
import type { SymbolicShape } from './op.ts';

/** Elements added before and after an axis. */
export type AxisPadding = readonly [begin: number, end: number];

/**
 * 'valid': none. 'same': the output has ⌈in / stride⌉ places (Keras, ONNX SAME_UPPER), an odd one of the padding
 * goes to the end; 'same-lower': to the begin (ONNX SAME_LOWER). Or in elements, per spatial axis.
 */
export type Padding = 'valid' | 'same' | 'same-lower' | readonly AxisPadding[];

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** What every windowed op takes. */
export type WindowOptions = Readonly<{
  /** Step of the window, ≥ 1. Default 1. */
  strides?: PerAxis;
  /** Distance between the taps of the window, ≥ 1. Default 1. */
  dilations?: PerAxis;
  padding?: Padding;
}>;

/** A checked window; the arrays are per spatial axis. */
export type Window = Readonly<{
  extent: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  padding: Padding;
}>;

/** A window laid over an input of known size. */
export type PlacedWindow = Readonly<{
  extent: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  pads: readonly AxisPadding[];
  /** Spatial sizes. */
  input: Shape;
  output: Shape;
}>;

export type Rounding = 'floor' | 'ceil';

/** What one side of a window may have. */
export const MAX_WINDOW_SIDE = 63;
const MAX_STEP = 1024;

const NAMES = [[], ['length'], ['height', 'width'], ['frames', 'height', 'width']] as const;

/** What the spatial axes of an input with `rank` of them are called. */
export function axisNames(rank: number): readonly string[] {
  return NAMES[rank] ?? Array.from({ length: rank }, (_, axis) => `axis ${axis}`);
}

/** (K − 1) · D + 1 */
export const effectiveExtent = (window: Pick<Window, 'extent' | 'dilations'>, axis: number): number =>
  (at(window.extent, axis) - 1) * at(window.dilations, axis) + 1;

/**
 * @returns `value` per axis, each an integer within the bounds.
 * @throws TypeError | RangeError that name the option.
 */
export function checkPerAxis(
  name: string,
  value: PerAxis,
  rank: number,
  bounds: Readonly<{ min: number; max: number }>,
): readonly number[] {
  if (typeof value === 'number') {
    return new Array<number>(rank).fill(checkInteger(name, value, bounds));
  }
  if (!Array.isArray(value) || value.length !== rank) {
    throw new TypeError(`${name} must be a number or an array of ${rank}, got ${show(value)}`);
  }
  return value.map((one, axis) => checkInteger(`${name}[${axis}]`, one, bounds));
}

function checkPadding(name: string, value: Padding, rank: number, min: number): Padding {
  if (value === 'valid' || value === 'same' || value === 'same-lower') return value;
  const isList = Array.isArray(value) && value.length === rank;
  if (!isList || !value.every((axis: unknown) => Array.isArray(axis) && axis.length === 2)) {
    const pairs = axisNames(rank).map(() => '[begin, end]');
    throw new TypeError(
      `${name} must be 'valid' | 'same' | 'same-lower' | [${pairs.join(', ')}], got ${show(value)}`,
    );
  }
  const limits = { min, max: MAX_STEP, unit: 'px' };
  return value.map((pair: AxisPadding, axis) => [
    checkInteger(`${name}[${axis}][0]`, pair[0], limits),
    checkInteger(`${name}[${axis}][1]`, pair[1], limits),
  ]);
}

/**
 * The window that `options` say, checked. `minPad` is what explicit padding may go down to.
 * @throws TypeError | RangeError that name the option, the value and what is allowed.
 */
export function checkWindow(
  extent: readonly number[],
  options: WindowOptions,
  defaults: Readonly<{ padding: Padding; minPad?: number }>,
  where: string,
): Window {
  const steps = { min: 1, max: MAX_STEP };
  const rank = extent.length;
  return {
    extent,
    strides: checkPerAxis(`${where}: options.strides`, options.strides ?? 1, rank, steps),
    dilations: checkPerAxis(`${where}: options.dilations`, options.dilations ?? 1, rank, steps),
    padding: checkPadding(
      `${where}: options.padding`,
      options.padding ?? defaults.padding,
      rank,
      defaults.minPad ?? 0,
    ),
  };
}

/** The window of one axis, laid along axis `axis` of `rank`; it is one element wide on the others. */
export function embedWindow(window: Window, axis: number, rank: number): Window {
  const along = (values: readonly number[]): number[] =>
    Array.from({ length: rank }, (_, i) => (i === axis ? at(values, 0) : 1));
  const { padding } = window;
  return {
    extent: along(window.extent),
    strides: along(window.strides),
    dilations: along(window.dilations),
    padding:
      typeof padding === 'string'
        ? padding
        : Array.from({ length: rank }, (_, i): AxisPadding => (i === axis ? at(padding, 0) : [0, 0])),
  };
}

/** `total` elements of padding, the odd one where `padding` has it. */
export function splitPadding(total: number, padding: 'same' | 'same-lower'): AxisPadding {
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return padding === 'same' ? [less, more] : [more, less];
}

function placeAxis(window: Window, axis: number, size: number, rounding: Rounding) {
  const { padding } = window;
  const stride = at(window.strides, axis);
  const effective = effectiveExtent(window, axis);
  if (padding === 'same' || padding === 'same-lower') {
    const output = Math.ceil(size / stride);
    const total = Math.max(0, (output - 1) * stride + effective - size);
    return { output, pads: splitPadding(total, padding) };
  }
  const pads = padding === 'valid' ? ([0, 0] as const) : at(padding, axis);
  const steps = (size - effective + pads[0] + pads[1]) / stride;
  if (rounding === 'floor') return { output: Math.floor(steps) + 1, pads };
  const most = Math.ceil(steps) + 1;
  // A window may not start in the padding at the end.
  return { output: (most - 1) * stride >= size + pads[0] ? most - 1 : most, pads };
}

/**
 * The spatial output sizes; null where the input's is.
 * @throws RangeError when a size would be < 1.
 */
export function outputSizes(
  window: Window,
  input: SymbolicShape,
  where: string,
  rounding: Rounding = 'floor',
): (number | null)[] {
  return input.map((size, axis) => {
    if (size === null) return null;
    const { output, pads } = placeAxis(window, axis, size, rounding);
    if (output >= 1) return output;
    const name = axisNames(input.length)[axis] ?? `axis ${axis}`;
    throw new RangeError(
      `${where}: an input ${name} of ${size}, padded by ${pads[0]} + ${pads[1]}, is smaller than the window's ` +
        `${effectiveExtent(window, axis)}; the output would have the size ${output}`,
    );
  });
}

/** The window over an input of the spatial sizes `input`; `output` where the op says it itself. */
export function placeWindow(
  window: Window,
  input: Shape,
  rounding: Rounding = 'floor',
  output?: Shape,
): PlacedWindow {
  const placed = input.map((size, axis) => placeAxis(window, axis, size, rounding));
  return {
    extent: window.extent,
    strides: window.strides,
    dilations: window.dilations,
    pads: placed.map(({ pads }) => pads),
    input,
    output: output ?? placed.map((axis) => axis.output),
  };
}

/** k · D − begin for every k of the window, row-major. */
export function windowTaps(window: Pick<PlacedWindow, 'extent' | 'dilations' | 'pads'>): Tap[] {
  let taps: number[][] = [[]];
  window.extent.forEach((extent, axis) => {
    const along = Array.from(
      { length: extent },
      (_, k) => k * at(window.dilations, axis) - at(window.pads, axis)[0],
    );
    taps = taps.flatMap((tap) => along.map((offset) => [...tap, offset]));
  });
  return taps;
}

/**
 * An input of `rank` spatial axes and channels.
 * @throws TypeError when `shape` is none.
 */
export function splitShape(
  shape: SymbolicShape,
  rank: number,
  where: string,
): Readonly<{ spatial: SymbolicShape; channels: number }> {
  const channels = shape.at(-1);
  if (shape.length !== rank + 1 || typeof channels !== 'number') {
    throw new TypeError(
      `${where}: the input must be [${[...axisNames(rank), 'channels'].join(', ')}], got ${showShape(shape)}`,
    );
  }
  return { spatial: shape.slice(0, -1), channels };
}
