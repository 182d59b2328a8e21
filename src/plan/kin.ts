/**
 * Graphs that a slider can make of a graph: where a radius decides which algorithm is best, what the other algorithms
 * need can be compiled before the slider gets there.
 */
import type { Graph, GraphNode } from '../graph/graph.ts';

/** One σ of each way to blur: by lines, by one small image, by that with lines between, by smaller ones still. */
const SIGMAS = [1, 4.2, 8, 30, 150];

/** The same graph with other radii; none where it has no radius. */
export function kinOf(graph: Graph): readonly Graph[] {
  if (!graph.nodes.some(({ op }) => op === 'gaussianBlur')) return [];
  return SIGMAS.map((sigma) => ({
    ...graph,
    nodes: graph.nodes.map((node): GraphNode => (node.op === 'gaussianBlur' ? { ...node, options: { ...node.options, sigma } } : node)), // prettier-ignore
  }));
}
