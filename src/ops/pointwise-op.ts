/** What makes a pointwise op: an expression for the backends, and the same value in plain float64 as its reference. */
import type { Expression } from '../primitives/expression.ts';
import { broadcastShape, checkInputCount, mapBroadcast } from './broadcast.ts';
import type { Op } from './op.ts';

export type NoOptions = Readonly<Record<string, never>>;

export type PointwiseDefinition<Options> = Readonly<{
  name: string;
  /** Default 1. */
  inputs?: number | ((options: Options) => number);
  /** What the message on a wrong number of inputs adds. */
  hint?: string;
  /** Over the inputs as operands. */
  expression: (options: Options) => Expression;
  /** The definition, independent of the expression. */
  reference: (elements: readonly number[], options: Options) => number;
  /** Throws where an option is wrong. */
  check?: (options: Options, where: string) => void;
}>;

/** An op of inputs that broadcast, each output element from the elements at its own position. */
export function pointwiseOp<Options>(definition: PointwiseDefinition<Options>): Op<Options> {
  const { name, inputs: count = 1, hint, expression, check } = definition;
  return {
    name,
    inferShape(inputs, options, where) {
      check?.(options, where);
      checkInputCount(where, inputs, typeof count === 'number' ? count : count(options), hint);
      return broadcastShape(inputs, where);
    },
    reference: (inputs, options) =>
      mapBroadcast(inputs, (elements) => definition.reference(elements, options), name),
    lower: (inputs, options, shape, lowering) =>
      lowering.add({ kind: 'stencil', inputs, shape, expression: expression(options) }),
  };
}
