/**
 * resample2d: an image of another size. WebNN's resample2d, with the coordinate conventions of others as an option.
 * An output pixel p of an axis reads the input at
 *   half-pixel     s = (p + ½) / scale − ½     pixels are areas (WebNN, OpenCV, PyTorch's align_corners = false)
 *   align-corners  s = p · (in − 1) / (out − 1)  the corner pixels' centres coincide; 0 where out = 1
 *   asymmetric     s = p / scale               PyTorch's and TensorFlow 1's nearest
 * limited to the input. 'linear' weighs the two neighbours on each axis; 'nearest-neighbor' takes the nearer one, of
 * two equally near ones the first, and with 'asymmetric' ⌊s⌋. scale = out / in where sizes are given.
 * Shrinking doesn't average: what lies between two samples is not seen.
 */
import { at } from '../core/assert.ts';
import { checkInteger, checkNumber, checkOneOf } from '../core/check.ts';
import { showShape, type Shape, type Tensor64 } from '../core/tensor.ts';
import type { Resample } from '../primitives/primitive.ts';
import { checkAxis, MAX_RANK } from './broadcast.ts';
import { checkList, elementAt, fromPositions, onlyInput } from './move.ts';
import type { Op, SymbolicShape } from './op.ts';

export const RESAMPLE_MODES = ['nearest-neighbor', 'linear'] as const;
export type ResampleMode = (typeof RESAMPLE_MODES)[number];

export const RESAMPLE_COORDINATES = ['half-pixel', 'align-corners', 'asymmetric'] as const;
export type ResampleCoordinates = (typeof RESAMPLE_COORDINATES)[number];

export type Resample2dOptions = Readonly<{
  /** Default 'nearest-neighbor'. */
  mode?: ResampleMode;
  /** Output size over input size, per axis, > 0; the output has ⌊in · scale⌋ pixels. Default 1. */
  scales?: readonly [number, number];
  /** The output's size per axis, in px; `scales` count no more. */
  sizes?: readonly [number, number];
  /** The two axes. Default the last two before the channels: `[height, width]`. */
  axes?: readonly [number, number];
  /** Default 'half-pixel'. */
  coordinates?: ResampleCoordinates;
}>;

/** A tie of nearest neighbours in px where only a scale is known, and no fraction tells how near two samples can be. */
const TIE = 2 ** -12;

type Axis = Readonly<{
  axis: number;
  /** Output size. */
  out: (input: number) => number;
  /** Input pixels per output pixel. */
  ratio: (input: number) => number;
  /** Less than the distance between a position and a tie that it is not on. */
  tie: (out: number) => number;
}>;

function resolve(options: Resample2dOptions, rank: number, where: string): readonly Axis[] {
  checkOneOf(`${where}: options.mode`, options.mode ?? 'nearest-neighbor', RESAMPLE_MODES);
  checkOneOf(`${where}: options.coordinates`, options.coordinates ?? 'half-pixel', RESAMPLE_COORDINATES);
  const pair = (key: 'axes' | 'sizes' | 'scales', fallback: readonly number[]) =>
    checkList(`${where}: options.${key}`, options[key] ?? fallback, 2, 'one per axis');
  const axes = pair('axes', [rank - 3, rank - 2]).map((axis, i) =>
    checkAxis(`${where}: options.axes[${i}]`, axis, rank),
  );
  if (axes[0] === axes[1])
    throw new RangeError(`${where}: options.axes must be two axes, got ${axes[0]} twice`);
  if (options.sizes !== undefined) {
    const sizes = pair('sizes', []).map((size, i) => checkInteger(`${where}: options.sizes[${i}]`, size, { min: 1, unit: 'px' })); // prettier-ignore
    return axes.map((axis, i) => {
      const size = at(sizes, i);
      return { axis, out: () => size, ratio: (input) => input / size, tie: (out) => 1 / (4 * out) };
    });
  }
  const scales = pair('scales', [1, 1]).map((scale, i) =>
    checkNumber(`${where}: options.scales[${i}]`, scale, { min: 0, exclusiveMin: true }),
  );
  return axes.map((axis, i) => {
    const scale = at(scales, i);
    return { axis, out: (input) => Math.floor(input * scale), ratio: () => 1 / scale, tie: () => TIE };
  });
}

function inferShape(
  inputs: readonly SymbolicShape[],
  options: Resample2dOptions,
  where: string,
): SymbolicShape {
  const input = onlyInput(inputs, where);
  if (input.length < 2 || (options.axes === undefined && input.length < 3)) {
    throw new TypeError(
      `${where}: the input must be an image [height, width, channels] or have options.axes, got ${showShape(input)}`,
    );
  }
  const shape = [...input];
  for (const { axis, out } of resolve(options, input.length, where)) {
    const size = input[axis] ?? null;
    if (axis === MAX_RANK - 1) {
      throw new RangeError(
        `${where}: options.axes must leave the last axis of a tensor of rank ${MAX_RANK} alone`,
      );
    }
    // A size that is given holds whatever the input's is.
    shape[axis] = size !== null ? out(size) : options.sizes === undefined ? null : out(1);
    if (shape[axis] === 0)
      throw new RangeError(`${where}: options.scales leave nothing of axis ${axis}, of ${size} px`);
  }
  return shape;
}

/** Where output pixel `p` of an axis of `n` reads, limited to the input. */
function positionOf(
  p: number,
  n: number,
  out: number,
  ratio: number,
  coordinates: ResampleCoordinates,
): number {
  const exact = {
    'half-pixel': (p + 0.5) * ratio - 0.5,
    'align-corners': out === 1 ? 0 : (p * (n - 1)) / (out - 1),
    asymmetric: p * ratio,
  }[coordinates];
  return Math.min(n - 1, Math.max(0, exact));
}

function reference(inputs: readonly Tensor64[], options: Resample2dOptions): Tensor64 {
  const input = at(inputs, 0);
  const { mode = 'nearest-neighbor', coordinates = 'half-pixel' } = options;
  const shape = inferShape([input.shape], options, 'resample2d') as Shape;
  const axes = resolve(options, input.shape.length, 'resample2d');
  const NOISE = 1e-9; // float64's own, far below any tie that is none
  return fromPositions(shape, (position) => {
    let readings: (readonly [place: readonly number[], weight: number])[] = [[position, 1]];
    for (const { axis, ratio } of axes) {
      const n = at(input.shape, axis);
      const s = positionOf(at(position, axis), n, at(shape, axis), ratio(n), coordinates);
      const low = Math.floor(s + NOISE);
      const share = Math.max(0, s - low);
      const move = (to: number, weight: number) =>
        readings.map(([place, own]) => [place.with(axis, to), own * weight] as const);
      if (mode === 'linear') readings = [...move(low, 1 - share), ...move(Math.min(n - 1, low + 1), share)];
      else readings = move(coordinates !== 'asymmetric' && share > 0.5 + NOISE ? low + 1 : low, 1);
    }
    return readings.reduce((sum, [place, weight]) => sum + weight * elementAt(input, place), 0);
  });
}

/**
 * The scale and offset of a Resample's axis of `n`. Its nearest is ⌊s + ½⌋: half a pixel is taken off where ⌊s⌋ is
 * meant, and a nudge keeps ties, and whole numbers that float32 misses, on their side.
 */
function scaleAndOffset(
  { ratio, tie }: Axis,
  n: number,
  out: number,
  mode: ResampleMode,
  coordinates: ResampleCoordinates,
): readonly [scale: number, offset: number] {
  const nearest = mode === 'nearest-neighbor' ? 1 : 0;
  switch (coordinates) {
    case 'half-pixel':
      return [ratio(n), ratio(n) / 2 - 0.5 - nearest * tie(out)];
    case 'align-corners':
      return out === 1 ? [0, 0] : [(n - 1) / (out - 1), (-nearest * 1) / (4 * (out - 1))];
    case 'asymmetric':
      return [ratio(n), nearest * (tie(out) - 0.5)];
  }
}

export const resample2d: Op<Resample2dOptions> = {
  name: 'resample2d',
  inferShape,
  reference,
  lower(inputs, options, shape, lowering) {
    const { mode = 'nearest-neighbor', coordinates = 'half-pixel' } = options;
    const from = lowering.shapeOf(at(inputs, 0));
    const axes = resolve(options, from.length, 'resample2d');
    // Where the last axis is one of the two, a further one stands for the channels.
    const last = axes.some(({ axis }) => axis === from.length - 1);
    const open = (dims: Shape): Shape => (last ? [...dims, 1] : dims);
    const input = last
      ? lowering.add({ kind: 'reshape', input: at(inputs, 0), shape: open(from) })
      : at(inputs, 0);
    const spatial = open(from).slice(0, -1);
    const transforms = spatial.map((n, own) => {
      const found = axes.find(({ axis }) => axis === own);
      return found === undefined
        ? ([1, 0] as const)
        : scaleAndOffset(found, n, at(shape, own), mode, coordinates);
    });
    const resample: Resample = {
      kind: 'resample',
      input,
      shape: open(shape),
      mode: mode === 'linear' ? 'linear' : 'nearest',
      scale: transforms.map(([scale]) => scale),
      offset: transforms.map(([, offset]) => offset),
    };
    const resampled = lowering.add(resample);
    return last ? lowering.add({ kind: 'reshape', input: resampled, shape }) : resampled;
  },
};
