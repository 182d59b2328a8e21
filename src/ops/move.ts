/**
 * Elements put elsewhere: crop, slice, sliceChannels, concat, transpose, reshape. Any rank, any axis;
 * `pad` is in pad.ts. WebNN's operators of the same names, channels last.
 */
import { at } from '../core/assert.ts';
import { checkInteger, show } from '../core/check.ts';
import { showShape, sizeOf, type Shape, type Tensor64 } from '../core/tensor.ts';
import type { Piece } from '../primitives/primitive.ts';
import { checkAxis, checkInputCount, checkRank, MAX_RANK } from './broadcast.ts';
import type { Lowering, Op, SymbolicShape } from './op.ts';

/** A row-major tensor from what `value` says of each position. */
export function fromPositions(shape: Shape, value: (position: readonly number[]) => number): Tensor64 {
  const data = new Float64Array(sizeOf(shape));
  const position = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = at(position, axis) + 1;
      if (at(position, axis) < at(shape, axis)) break;
      position[axis] = 0;
    }
  }
  return { shape, data };
}

/** The element at a position that is inside. */
export function elementAt({ shape, data }: Tensor64, position: readonly number[]): number {
  return at(data, position.reduce((index, coordinate, axis) => index * at(shape, axis) + coordinate, 0)); // prettier-ignore
}

/** One piece that fills the whole of `shape`, at the same places unless the parts say otherwise. */
export function wholePiece(shape: Shape, parts: Partial<Piece> = {}): Piece {
  return {
    input: 0,
    start: shape.map(() => 0),
    size: shape,
    from: shape.map(() => 0),
    step: shape.map(() => 1),
    axes: shape.map((_, axis) => axis),
    edge: 'zero',
    ...parts,
  };
}

/** Adds a move of one input into one piece. */
export function lowerPiece(input: number, piece: Piece, shape: Shape, lowering: Lowering, fill = 0): number {
  return lowering.add({ kind: 'move', inputs: [input], shape, pieces: [piece], fill });
}

export function onlyInput(inputs: readonly SymbolicShape[], where: string): SymbolicShape {
  checkInputCount(where, inputs, 1);
  const shape = at(inputs, 0);
  checkRank(where, shape);
  return shape;
}

export function checkList(name: string, value: unknown, length: number, what: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length !== length) {
    throw new TypeError(`${name} must be an array of ${length}, ${what}, got ${show(value)}`);
  }
  return value;
}

export type SliceOptions = Readonly<{
  /** The first element of each axis, ≥ 0. */
  starts: readonly number[];
  /** The elements of each axis from its start on; null for all that follow. */
  sizes: readonly (number | null)[];
  /** Of those, each n-th is taken. Default 1 on every axis. The output's size is ⌈size / stride⌉. */
  strides?: readonly number[];
}>;

function sliceSize(input: number | null, start: number, size: number | null, name: string): number | null {
  if (input === null) return size;
  const left = input - start;
  if (left < 1) throw new RangeError(`${name} starts at ${start}, outside of the input's ${input}`);
  if (size !== null && size > left) {
    throw new RangeError(`${name} ends at ${start + size}, and the input has ${input}`);
  }
  return size ?? left;
}

/** A box of the input, from `starts`, of `sizes`, by `strides`. */
export const slice: Op<SliceOptions> = {
  name: 'slice',
  inferShape(inputs, options, where) {
    const shape = onlyInput(inputs, where);
    const { length } = shape;
    const starts = checkList(`${where}: options.starts`, options.starts, length, 'one per axis');
    const sizes = checkList(`${where}: options.sizes`, options.sizes, length, 'one per axis');
    const strides = checkList(`${where}: options.strides`, options.strides ?? shape.map(() => 1), length, 'one per axis'); // prettier-ignore
    return shape.map((input, axis) => {
      const start = checkInteger(`${where}: options.starts[${axis}]`, starts[axis], { min: 0 });
      const given = sizes[axis];
      const wanted =
        given === null ? null : checkInteger(`${where}: options.sizes[${axis}]`, given, { min: 1 });
      const stride = checkInteger(`${where}: options.strides[${axis}]`, strides[axis], { min: 1 });
      const size = sliceSize(input, start, wanted, `${where}: the slice of axis ${axis}`);
      return size === null ? null : Math.ceil(size / stride);
    });
  },
  reference(inputs, options) {
    const input = at(inputs, 0);
    const shape = slice.inferShape([input.shape], options, 'slice') as Shape;
    return fromPositions(
      shape,
      (position) =>
      elementAt(input, position.map((i, axis) => at(options.starts, axis) + i * (options.strides?.[axis] ?? 1))), // prettier-ignore
    );
  },
  lower: (inputs, { starts, strides }, shape, lowering) =>
    lowerPiece(
      at(inputs, 0),
      wholePiece(shape, { from: starts, step: strides ?? shape.map(() => 1) }),
      shape,
      lowering,
    ),
};

export type CropOptions = Readonly<{
  /** What goes away at each axis' ends: `[[top, bottom], [left, right]]` of an image; axes that follow stay whole. */
  margins: readonly (readonly [number, number])[];
}>;

function checkMargins(options: CropOptions, rank: number, where: string): void {
  const margins: unknown = options.margins;
  if (!Array.isArray(margins) || margins.length > rank) {
    throw new TypeError(
      `${where}: options.margins must be [[begin, end], …] for at most ${rank} axes, got ${show(margins)}`,
    );
  }
  margins.forEach((pair: unknown, axis) => {
    const name = `${where}: options.margins[${axis}]`;
    checkList(name, pair, 2, '[begin, end]').forEach((one, end) =>
      checkInteger(`${name}[${end}]`, one, { min: 0 }),
    );
  });
}

/** The input without its margins. */
export const crop: Op<CropOptions> = {
  name: 'crop',
  inferShape(inputs, options, where) {
    const shape = onlyInput(inputs, where);
    checkMargins(options, shape.length, where);
    return shape.map((size, axis) => {
      const [begin, end] = options.margins[axis] ?? [0, 0];
      if (size === null) return null;
      if (size - begin - end < 1) {
        throw new RangeError(
          `${where}: options.margins[${axis}] leave nothing of ${size}: ${begin} + ${end}`,
        );
      }
      return size - begin - end;
    });
  },
  reference(inputs, options) {
    const input = at(inputs, 0);
    const shape = crop.inferShape([input.shape], options, 'crop') as Shape;
    return fromPositions(
      shape,
      (position) =>
      elementAt(input, position.map((i, axis) => i + (options.margins[axis]?.[0] ?? 0))), // prettier-ignore
    );
  },
  lower: (inputs, { margins }, shape, lowering) => {
    const from = shape.map((_, axis) => margins[axis]?.[0] ?? 0);
    return lowerPiece(at(inputs, 0), wholePiece(shape, { from }), shape, lowering);
  },
};

export type SliceChannelsOptions = Readonly<{
  /** The first channel, ≥ 0. */
  start: number;
  /** How many. Default 1. */
  size?: number;
}>;

/** Neighbouring channels: the last axis from `start` on. */
export const sliceChannels: Op<SliceChannelsOptions> = {
  name: 'sliceChannels',
  inferShape(inputs, { start, size = 1 }, where) {
    const shape = onlyInput(inputs, where);
    const channels = shape.at(-1);
    if (typeof channels !== 'number') {
      throw new RangeError(`${where}: the input must have channels, got ${showShape(shape)}`);
    }
    checkInteger(`${where}: options.start`, start, { min: 0, max: channels - 1 });
    checkInteger(`${where}: options.size`, size, { min: 1, max: channels - start });
    return [...shape.slice(0, -1), size];
  },
  reference(inputs, { start, size = 1 }) {
    const { shape, data } = at(inputs, 0);
    const channels = at(shape, shape.length - 1);
    const pixels = data.length / channels;
    const out = new Float64Array(pixels * size);
    for (let i = 0; i < out.length; i++)
      out[i] = at(data, Math.floor(i / size) * channels + start + (i % size));
    return { shape: [...shape.slice(0, -1), size], data: out };
  },
  lower: (inputs, { start }, shape, lowering) => {
    const from = shape.map((_, axis) => (axis === shape.length - 1 ? start : 0));
    return lowerPiece(at(inputs, 0), wholePiece(shape, { from }), shape, lowering);
  },
};

export type ConcatOptions = Readonly<{
  /** From 0, or from the end where negative. Default −1, the channels. */
  axis?: number;
}>;

/** The inputs side by side along one axis; the others must agree. */
export const concat: Op<ConcatOptions> = {
  name: 'concat',
  inferShape(inputs, options, where): SymbolicShape {
    const [first] = inputs;
    if (first === undefined) throw new TypeError(`${where} takes at least 1 input, got 0`);
    checkRank(where, first);
    const along = checkAxis(`${where}: options.axis`, options.axis ?? -1, first.length);
    inputs.forEach((shape) => {
      const fits = shape.length === first.length && shape.every((size, axis) => axis === along || size === first[axis]); // prettier-ignore
      if (fits) return;
      throw new RangeError(
        `${where}: the inputs must agree on all axes but ${along}, got ${inputs.map(showShape).join(' and ')}`,
      );
    });
    const sizes = inputs.map((shape) => shape[along] ?? null);
    const total = sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
    return first.map((size, axis) => (axis === along ? total : size));
  },
  reference(inputs, options) {
    const shape = concat.inferShape(inputs.map((input) => input.shape), options, 'concat') as Shape; // prettier-ignore
    const along = checkAxis('concat: options.axis', options.axis ?? -1, shape.length);
    return fromPositions(shape, (position) => {
      let offset = at(position, along);
      for (const input of inputs) {
        const size = at(input.shape, along);
        if (offset < size) return elementAt(input, position.with(along, offset));
        offset -= size;
      }
      throw new RangeError('concat: a position beyond the inputs');
    });
  },
  lower(inputs, options, shape, lowering) {
    const along = checkAxis('concat: options.axis', options.axis ?? -1, shape.length);
    let offset = 0;
    const pieces = inputs.map((value, input) => {
      const size = lowering.shapeOf(value);
      const piece = wholePiece(size, { input, start: size.map((_, axis) => (axis === along ? offset : 0)) });
      offset += at(size, along);
      return piece;
    });
    return lowering.add({ kind: 'move', inputs, shape, pieces, fill: 0 });
  },
};

export type TransposeOptions = Readonly<{
  /** The input axis that each output axis is. Default all in reverse. */
  permutation?: readonly number[];
}>;

function permutationOf({ permutation }: TransposeOptions, rank: number, where: string): readonly number[] {
  const reverse = Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const axes = checkList(`${where}: options.permutation`, permutation ?? reverse, rank, 'one per axis');
  const resolved = axes.map((axis, i) => checkInteger(`${where}: options.permutation[${i}]`, axis, { min: 0, max: rank - 1 })); // prettier-ignore
  if (new Set(resolved).size !== rank) {
    throw new RangeError(`${where}: options.permutation must name each axis once, got ${show(axes)}`);
  }
  return resolved;
}

export const transpose: Op<TransposeOptions> = {
  name: 'transpose',
  inferShape(inputs, options, where) {
    const shape = onlyInput(inputs, where);
    return permutationOf(options, shape.length, where).map((axis) => shape[axis] ?? null);
  },
  reference(inputs, options) {
    const input = at(inputs, 0);
    const permutation = permutationOf(options, input.shape.length, 'transpose');
    const shape = permutation.map((axis) => at(input.shape, axis));
    return fromPositions(
      shape,
      (position) =>
      elementAt(input, input.shape.map((_, axis) => at(position, permutation.indexOf(axis)))), // prettier-ignore
    );
  },
  lower(inputs, options, shape, lowering) {
    const axes = permutationOf(options, shape.length, 'transpose');
    return lowerPiece(at(inputs, 0), wholePiece(shape, { axes }), shape, lowering);
  },
};

export type ReshapeOptions = Readonly<{
  /** At most one null: the size that is left over. */
  shape: readonly (number | null)[];
}>;

function leftOver(input: SymbolicShape, shape: readonly (number | null)[], where: string): number | null {
  const known = shape.reduce<number>((size, dimension) => size * (dimension ?? 1), 1);
  if (input.includes(null)) return null;
  const size = sizeOf(input as Shape);
  if (shape.includes(null) ? size % known === 0 : size === known) return size / known;
  throw new RangeError(`${where}: options.shape ${showShape(shape)} must hold the ${size} values of ${showShape(input)}`); // prettier-ignore
}

/** The same elements, row-major, under another shape. */
export const reshape: Op<ReshapeOptions> = {
  name: 'reshape',
  inferShape(inputs, options, where) {
    const input = onlyInput(inputs, where);
    const shape: unknown = options.shape;
    if (!Array.isArray(shape) || shape.length > MAX_RANK) {
      throw new TypeError(
        `${where}: options.shape must be a shape of rank 0 to ${MAX_RANK}, got ${show(shape)}`,
      );
    }
    const sizes = shape.map((size: unknown, axis) =>
      size === null ? null : checkInteger(`${where}: options.shape[${axis}]`, size, { min: 1 }),
    );
    if (sizes.filter((size) => size === null).length > 1) {
      throw new RangeError(`${where}: options.shape may have one null, got ${showShape(sizes)}`);
    }
    const rest = leftOver(input, sizes, where);
    return sizes.map((size) => size ?? rest);
  },
  reference(inputs, options) {
    const input = at(inputs, 0);
    return { shape: reshape.inferShape([input.shape], options, 'reshape') as Shape, data: input.data };
  },
  lower: (inputs, _options, shape, lowering) =>
    lowering.add({ kind: 'reshape', input: at(inputs, 0), shape }),
};
