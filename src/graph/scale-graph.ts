/** A graph for frames of another resolution, so that the picture looks the same: what is measured in pixels scales. */
import type { Graph, GraphNode } from './graph.ts';

/** A Gaussian narrower than this does nothing to a picture. */
const LEAST_SIGMA = 0.2;

/**
 * The graph at `scale` of the full resolution on a side. Radii scale; kernels that are given tap by tap are what they
 * are, and reach further on a smaller picture.
 */
export function scaleGraph(graph: Graph, scale: number): Graph {
  if (scale === 1 || !graph.nodes.some(({ op }) => op === 'gaussianBlur')) return graph;
  return { ...graph, nodes: graph.nodes.map((node) => scaleNode(node, scale)) };
}

function scaleNode(node: GraphNode, scale: number): GraphNode {
  if (node.op !== 'gaussianBlur') return node;
  const sigma = Math.max(LEAST_SIGMA, node.options.sigma * scale);
  return { ...node, options: { ...node.options, sigma } };
}
