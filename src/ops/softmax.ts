/** softmax: e^(x − m) / Σ e^(x − m) along one axis, with m the greatest x there, so that nothing overflows. */
import { at } from '../core/assert.ts';
import type { Tensor64 } from '../core/tensor.ts';
import { binary, operand, unary } from '../primitives/expression.ts';
import { checkAxis, checkInputCount, checkRank, mapBroadcast } from './broadcast.ts';
import type { Op } from './op.ts';
import { lowerReduce, MAX, reduceGroups, SUM } from './reduction.ts';

export type SoftmaxOptions = Readonly<{
  /** From 0, or from the end where negative. Default −1, the channels. */
  axis?: number;
}>;

/** Values 0..1 that sum to 1 along the axis. Any rank from 1. */
export const softmax: Op<SoftmaxOptions> = {
  name: 'softmax',
  inferShape(inputs, { axis = -1 }, where) {
    checkInputCount(where, inputs, 1);
    const shape = at(inputs, 0);
    checkRank(where, shape);
    if (shape.length === 0)
      throw new RangeError(`${where}: the input must have an axis, got a tensor of rank 0`);
    checkAxis(`${where}: options.axis`, axis, shape.length);
    return shape;
  },
  reference(inputs, { axis = -1 }): Tensor64 {
    const input = at(inputs, 0);
    const along = [checkAxis('softmax: options.axis', axis, input.shape.length)];
    // log Σ eˣ = m + log Σ e^(x − m)
    const logSum = reduceGroups(input, along, (elements) => {
      const greatest = elements.reduce((a, b) => Math.max(a, b));
      return greatest + Math.log(elements.reduce((sum, x) => sum + Math.exp(x - greatest), 0));
    });
    return mapBroadcast([input, logSum], ([x = 0, all = 0]) => Math.exp(x - all), 'softmax');
  },
  lower(inputs, { axis = -1 }, shape, lowering) {
    const input = at(inputs, 0);
    const along = [checkAxis('softmax: options.axis', axis, shape.length)];
    const greatest = lowerReduce(input, along, MAX, lowering);
    const powers = lowering.add({
      kind: 'stencil',
      inputs: [input, greatest],
      shape,
      expression: unary('exp', binary('sub', operand(0), operand(1))),
    });
    return lowering.add({
      kind: 'stencil',
      inputs: [powers, lowerReduce(powers, along, SUM, lowering)],
      shape,
      expression: binary('div', operand(0), operand(1)),
    });
  },
};
