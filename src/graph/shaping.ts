/** Graph functions of the ops that move or resample elements: each adds a node and answers its value. */
import type { ConcatOptions, CropOptions, SliceOptions } from '../ops/move.ts';
import type { PadOptions } from '../ops/pad.ts';
import type { Resample2dOptions } from '../ops/resample.ts';
import { GraphValue } from './builder.ts';

/** More elements at the ends of any axis: `padding` is `[[begin, end], …]`, one pair per axis. */
export const pad = (input: GraphValue, options: PadOptions): GraphValue =>
  GraphValue.apply('pad', [input], options);

/** Without its margins: `[[top, bottom], [left, right]]`. */
export const crop = (input: GraphValue, margins: CropOptions['margins']): GraphValue =>
  GraphValue.apply('crop', [input], { margins });

/** A box from `starts`, of `sizes` (null: to the end), by `strides`. */
export const slice = (input: GraphValue, options: SliceOptions): GraphValue =>
  GraphValue.apply('slice', [input], options);

/** `size` channels from `start` on. */
export const sliceChannels = (input: GraphValue, start: number, size = 1): GraphValue =>
  GraphValue.apply('sliceChannels', [input], { start, size });

/** Side by side along one axis, by default the channels. */
export const concat = (inputs: readonly GraphValue[], options: ConcatOptions = {}): GraphValue =>
  GraphValue.apply('concat', inputs, options);

/** Axes in another order; without a permutation, reversed. */
export const transpose = (input: GraphValue, permutation?: readonly number[]): GraphValue =>
  GraphValue.apply('transpose', [input], permutation === undefined ? {} : { permutation });

/** The same elements under another shape; one size may be null: what is left over. */
export const reshape = (input: GraphValue, shape: readonly (number | null)[]): GraphValue =>
  GraphValue.apply('reshape', [input], { shape });

/** Another size of an image: nearest or linear, by `scales` or `sizes`. */
export const resample2d = (input: GraphValue, options: Resample2dOptions): GraphValue =>
  GraphValue.apply('resample2d', [input], options);
