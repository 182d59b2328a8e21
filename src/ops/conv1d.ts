/** conv1d: a convolution along one axis: of a signal, or of the rows or columns of an image. See conv-nd.ts. */
import { checkOneOf } from '../core/check.ts';
import { showShape } from '../core/tensor.ts';
import { convOp, type ConvOptions } from './conv-nd.ts';
import { embedWindow } from './window-geometry.ts';

export type Conv1dOptions = ConvOptions &
  Readonly<{
    /**
     * The axis of an image `[height, width, channels]` that the window runs along. Default 'x'. A signal
     * `[length, channels]` has one axis, and takes none.
     */
    axis?: 'x' | 'y';
  }>;

/** `[length, channels]` or `[height, width, channels]`; weights `[k]` or `[k, in / groups, out]`. */
export const conv1d = convOp<Conv1dOptions>('conv1d', 1, (window, input, options, where) => {
  if (input.length === 2) {
    if (options.axis !== undefined) {
      throw new TypeError(
        `${where}: options.axis is for images, and the input is a signal [length, channels]`,
      );
    }
    return { window, rank: 1 };
  }
  if (input.length !== 3) {
    throw new TypeError(
      `${where}: the input must be [length, channels] or [height, width, channels], got ${showShape(input)}`,
    );
  }
  const axis = checkOneOf(`${where}: options.axis`, options.axis ?? 'x', ['x', 'y']);
  return { window: embedWindow(window, axis === 'x' ? 1 : 0, 2), rank: 2 };
});
