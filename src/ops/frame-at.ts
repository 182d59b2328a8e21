/** frameAt: one frame of a stack. */
import { at } from '../core/assert.ts';
import { checkInteger } from '../core/check.ts';
import { sizeOf, type Shape, type Tensor64 } from '../core/tensor.ts';
import { checkInputCount } from './broadcast.ts';
import { lowerPiece, wholePiece } from './move.ts';
import type { Lowering, Op } from './op.ts';

export type FrameAtOptions = Readonly<{
  /** From 0, the oldest, or from the end where negative. Default −1, the newest of a causal stack. */
  index?: number;
}>;

const indexIn = ({ index = -1 }: FrameAtOptions, frames: number): number =>
  index < 0 ? index + frames : index;

/** A tap that reads one frame of `[frames, height, width, channels]`: a filter over time as any other. */
function tapOf(input: number, frame: number, shape: Shape, lowering: Lowering): number {
  return lowering.add({
    kind: 'linear',
    input,
    shape,
    taps: [[frame, 0, 0]],
    strides: [1, 1, 1],
    upsample: [1, 1, 1],
    channels: 'shared',
    groups: 1,
    weights: Float32Array.of(1),
    bias: null,
    edge: 'replicate',
  });
}

/** `[frames, …shape]` → `[…shape]` */
export const frameAt: Op<FrameAtOptions> = {
  name: 'frameAt',
  inferShape(inputs, { index = -1 }, where) {
    checkInputCount(where, inputs, 1);
    const [frames, ...shape] = at(inputs, 0);
    if (frames === undefined) {
      throw new TypeError(`${where}: the input must be a stack [frames, …], got a single number`);
    }
    const name = `${where}: options.index`;
    checkInteger(name, index);
    if (frames !== null && (index < -frames || index >= frames)) {
      throw new RangeError(
        `${name} must be ${-frames} to ${frames - 1} in a stack of ${frames}, got ${index}`,
      );
    }
    return shape;
  },
  reference(inputs, options): Tensor64 {
    const { shape, data } = at(inputs, 0);
    const frame = shape.slice(1);
    const size = sizeOf(frame);
    const first = indexIn(options, at(shape, 0)) * size;
    return { shape: frame, data: data.slice(first, first + size) };
  },
  lower(inputs, options, shape, lowering) {
    const input = at(inputs, 0);
    const frames = at(lowering.shapeOf(input), 0);
    const index = indexIn(options, frames);
    const one = [1, ...shape];
    const from = one.map((_, axis) => (axis === 0 ? index : 0));
    const read =
      frames === 1
        ? input
        : shape.length === 3
          ? tapOf(input, index, one, lowering)
          : lowerPiece(input, wholePiece(one, { from }), one, lowering);
    return lowering.add({ kind: 'reshape', input: read, shape });
  },
};
