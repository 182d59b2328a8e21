/** conv1d: a convolution along one axis: of a signal, an image or a stack of images. See conv-nd.ts. */
import { checkOneOf } from '../core/check.ts';
import { showShape } from '../core/tensor.ts';
import { convOp, type ConvOptions } from './conv-nd.ts';
import { embedWindow } from './window-geometry.ts';

export type Conv1dOptions = ConvOptions &
  Readonly<{
    /**
     * The axis that the window runs along: 'x' or 'y' of an image `[height, width, channels]`, these or 't' of a stack
     * `[frames, height, width, channels]`. Default 'x'. A signal `[length, channels]` has one axis, and takes none.
     */
    axis?: 'x' | 'y' | 't';
  }>;

/** By the number of axes; the last axis of the shape first. */
const AXES = { 2: ['x', 'y'], 3: ['x', 'y', 't'] } as const;

/** `[length, channels]`, or an image, or a stack of images; weights `[k]` or `[k, in / groups, out]`. */
export const conv1d = convOp<Conv1dOptions>('conv1d', 1, (window, input, options, where) => {
  const rank = input.length - 1;
  if (rank === 1) {
    if (options.axis !== undefined) {
      throw new TypeError(
        `${where}: options.axis is for images, and the input is a signal [length, channels]`,
      );
    }
    return { window, rank };
  }
  if (rank !== 2 && rank !== 3) {
    throw new TypeError(
      `${where}: the input must be [length, channels], [height, width, channels] or ` +
        `[frames, height, width, channels], got ${showShape(input)}`,
    );
  }
  const axes: readonly string[] = AXES[rank];
  const axis = checkOneOf(`${where}: options.axis`, options.axis ?? 'x', axes);
  return { window: embedWindow(window, rank - 1 - axes.indexOf(axis), rank), rank };
});
