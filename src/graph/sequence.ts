/** Layers one after the other: the common case of a graph. */
import { graph, type GraphValue } from './builder.ts';
import type { Graph } from './graph.ts';
import type { Layer } from './layer.ts';

/**
 * A graph that runs the frame through these layers.
 * @example sequence(conv2d({ weights, strides: 2, activation: 'relu' }), convTranspose2d({ weights: more, strides: 2 }))
 * @throws TypeError | RangeError that name the node, the option, the value and what is allowed.
 */
export function sequence(...layers: readonly Layer[]): Graph {
  return graph(({ frame }) => layers.reduce<GraphValue>((value, layer) => layer(value), frame));
}
