/** The reference on one frame: a sequence of one. */
import type { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../graph/graph.ts';
import { ReferenceSequence, type ReferenceOptions } from './reference-sequence.ts';

/**
 * The graph's output, by definition.
 * @param inputs a tensor for each of the graph's inputs; `frame` is R'G'B' in 0..1, `[height, width, 3]`.
 * @throws TypeError when an input is missing or no tensor. @throws RangeError when its shape does not fit.
 */
export function runReference(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
  options: ReferenceOptions = {},
): Tensor {
  return new ReferenceSequence(graph, options).next(inputs, 0);
}
